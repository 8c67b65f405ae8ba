#include "runtime/division/batch_division.hpp"

#include "runtime/division/block_logarithms.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace lowcal::runtime {
namespace {

std::size_t most_blocks(graph::SplitNetworkConfig const& config, std::size_t showers)
{
    auto const& [cells, lead, stages] = config.tree;
    return showers * size((cells.rows + lead.rows) * (cells.columns + lead.columns));
}

}  // namespace

template <class Number>
BatchDivision<Number>::BatchDivision(PackedNetwork<Number> const& network, std::size_t showers)
    : network_(network),
      config_(network.config),
      showers_(showers),
      rows_(network),
      log_layers_(with_padding(showers * size(config_.layers))),
      log_total_(with_padding(showers)),
      development_(config_.development ? showers * size(config_.layers) : 0),
      log_before_(with_padding(development_.size())),
      log_behind_(with_padding(development_.size())),
      log_hits_(with_padding(showers)),
      log_hits_before_(size(graph::remembered_hits) * showers),
      hits_beyond_(showers),
      memory_(showers),
      broken_(showers),
      layer_features_(showers *
                      std::max(size(config_.root_inputs()), size(config_.layer_features()))),
      shared_(showers * size(std::max(config_.trunk, config_.single))),
      root_first_(showers * size(graph::root_width)),
      root_second_(showers * size(graph::root_width)),
      root_numbers_((showers + draw_padding) * root_draw_width),
      uniform_((showers + draw_padding) * size(graph::root_uniforms)),
      drawn_(with_padding(showers)),
      sums_(showers)
{
    levels_.emplace_back(config_, graph::BlockGrid{}, showers);
    for (auto const& stage : config_.tree.stages)
        levels_.emplace_back(config_, stage.children, showers);
    auto const blocks = most_blocks(config_, showers);
    for (auto* list : {&parents_, &children_, &sorted_}) list->reserve(blocks);
    kinds_.reserve(blocks);
    first_hits_.resize(blocks);
    first_energy_.resize(blocks);
    auto const most = std::max(blocks, showers * size(config_.layers));
    for (auto* numbers : {&arguments_, &logarithms_, &more_logarithms_})
        *numbers = with_padding(most);
    for (auto& numbers : shape_logarithms_) numbers = with_padding(showers);
}

template <class Number>
std::size_t BatchDivision<Number>::bytes(graph::SplitNetworkConfig const& config,
                                         std::size_t showers)
{
    auto const blocks = most_blocks(config, showers);
    std::size_t seen = BlockLevel<Number>::numbers_of({}, showers);
    for (auto const& stage : config.tree.stages)
        seen += BlockLevel<Number>::numbers_of(stage.children, showers);
    // Of a layer its logarithm and three numbers at work; its development and two logarithms of
    // that.
    constexpr std::int64_t of_development = sizeof(graph::ShowerDevelopment) / sizeof(float) + 2;
    auto const of_layer = 4 + (config.development ? of_development : 0);
    auto const of_shower = of_layer * config.layers + config.root_inputs() +
                           config.layer_features() + std::max(config.trunk, config.single) +
                           3 * graph::root_width;
    return seen * sizeof(Number) + blocks * (3 * sizeof(Block) + sizeof(std::uint8_t)) +
           (5 * blocks + showers * size(of_shower)) * sizeof(float) +
           RowDivision<Number>::bytes(config);
}

template <class Number>
float BatchDivision<Number>::log_layer(std::size_t shower, std::int64_t layer) const
{
    return log_layers_[shower * size(config_.layers) + size(layer)];
}

template <class Number>
void BatchDivision<Number>::run(DividedBatch const& batch)
{
    batch_ = batch;
    begin();
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) {
        for (auto& level : levels_) level.begin(layer);
        draw_layer_hits(layer);
        gather_layer_features(layer, true);
        for (std::size_t s = 0; s < config_.tree.stages.size(); ++s) {
            divide(s, layer);
            std::swap(parents_, children_);
        }
        finish(layer);
    }
    spoil_broken();
}

template <class Number>
void BatchDivision<Number>::spoil_broken()
{
    auto const cells = size(config_.layers * config_.tree.cells.count());
    for (std::size_t shower = 0; shower < showers_; ++shower)
        if (broken_[shower])
            std::fill_n(batch_.cells + shower * cells, cells,
                        std::numeric_limits<float>::quiet_NaN());
}

template <class Number>
void BatchDivision<Number>::begin()
{
    auto const layers = size(config_.layers);
    for (auto& level : levels_) level.clear();
    std::ranges::fill(memory_, graph::ShapeMemory{});
    std::ranges::fill(log_hits_before_, 0.0F);
    std::fill_n(batch_.cells, showers_ * layers * size(config_.tree.cells.count()), 0.0F);
    std::copy_n(batch_.layers, showers_ * layers, arguments_.data());
    take_logarithms(arguments_, showers_ * layers, config_.unit, 1, log_layers_);
    auto const finite = [](float const* numbers, std::size_t count) {
        return std::all_of(numbers, numbers + count, [](float x) { return std::isfinite(x); });
    };
    auto const primary = size(config_.primary);
    for (std::size_t shower = 0; shower < showers_; ++shower) {
        broken_[shower] = !finite(batch_.layers + shower * layers, layers) ||
                          !finite(batch_.primary + shower * primary, primary) ||
                          !finite(batch_.entry + shower * 2, 2);
        float total = 0;
        for (std::size_t layer = 0; layer < layers; ++layer)
            total += batch_.layers[shower * layers + layer];
        arguments_[shower] = total;
    }
    take_logarithms(arguments_, showers_, config_.unit, 1, log_total_);
    if (config_.development) find_developments();
}

template <class Number>
void BatchDivision<Number>::find_developments()
{
    auto const layers = size(config_.layers);
    for (std::size_t shower = 0; shower < showers_; ++shower)
        graph::find_development({batch_.layers + shower * layers, layers},
                                std::span(development_).subspan(shower * layers, layers));
    auto const take = [&](float graph::ShowerDevelopment::*energy, std::vector<float>& result) {
        std::ranges::transform(development_, arguments_.begin(), energy);
        take_logarithms(arguments_, development_.size(), config_.unit, 1, result);
    };
    take(&graph::ShowerDevelopment::before, log_before_);
    take(&graph::ShowerDevelopment::behind, log_behind_);
}

template <class Number>
float* BatchDivision<Number>::add_development(std::size_t shower, std::int64_t layer,
                                              float* to) const
{
    auto const at = shower * size(config_.layers) + size(layer);
    *to++ = (log_before_[at] - log_behind_[at]) / graph::usual_unit;
    *to++ = graph::depth_unit * development_[at].depth;
    *to++ = graph::depth_unit * development_[at].length;
    return to;
}

template <class Number>
void BatchDivision<Number>::gather_layer_features(std::int64_t layer, bool with_hits)
{
    auto* to = layer_features_.data();
    auto const primary = size(config_.primary);
    for (std::size_t shower = 0; shower < showers_; ++shower) {
        for (auto at = layer - graph::layers_around; at <= layer + graph::layers_around; ++at)
            *to++ = at >= 0 && at < config_.layers ? log_layer(shower, at) : 0.0F;
        if (with_hits) {
            *to++ = log_hits_[shower];
            *to++ = hits_beyond_[shower];
        }
        to = std::copy_n(batch_.primary + shower * primary, primary, to);
        to = std::copy_n(batch_.entry + 2 * shower, 2, to);
        *to++ = log_total_[shower];
        to = std::ranges::copy(memory_[shower].means(), to).out;
        if (config_.development) to = add_development(shower, layer, to);
        if (with_hits) continue;
        for (std::size_t back = 0; back < size(graph::remembered_hits); ++back)
            *to++ = log_hits_before_[back * showers_ + shower];
        to = std::copy_n(network_.root_layers.data() + layer * graph::layer_numbers,
                         graph::layer_numbers, to);
    }
}

template <class Number>
std::array<float, graph::usual_shapes> BatchDivision<Number>::usual(std::size_t shower,
                                                                    std::int64_t layer) const
{
    auto const count = size(graph::shape_regressors * graph::usual_shapes);
    return graph::usual_layer_shapes(
        std::span(network_.usual_shapes).subspan(size(layer) * count, count),
        log_layer(shower, layer), log_total_[shower]);
}

template <class Number>
void BatchDivision<Number>::draw_layer_hits(std::int64_t layer)
{
    gather_layer_features(layer, false);
    network_.root_first(showers_, layer_features_.data(), root_first_.data(), true);
    network_.root_second(showers_, root_first_.data(), root_second_.data(), true);
    network_.root(showers_, root_second_.data(), root_numbers_.data(), false);
    auto const own = size(layer * config_.layer_uniforms());
    for (std::size_t shower = 0; shower < showers_; ++shower)
        std::copy_n(batch_.uniform + shower * batch_.uniform_step + own, graph::root_uniforms,
                    uniform_.data() + shower * size(graph::root_uniforms));
    root_draw_kernels.fastest()({.count = showers_,
                                 .numbers = root_numbers_.data(),
                                 .step = root_draw_width,
                                 .uniform = uniform_.data(),
                                 .result = drawn_.data()});
    parents_.clear();
    for (std::size_t shower = 0; shower < showers_; ++shower) {
        float const energy = batch_.layers[shower * size(config_.layers) + size(layer)];
        float const most = std::clamp(std::floor(energy / config_.least), 0.0F,
                                      static_cast<float>(config_.tree.cells.count()));
        float const hits = std::min(std::max(1.0F, std::nearbyint(drawn_[shower])), most);
        arguments_[shower] = hits;
        if (hits > 0)
            parents_.push_back({.shower = static_cast<std::int32_t>(shower),
                                .energy = energy,
                                .hits = hits,
                                .log_energy = log_layer(shower, layer)});
    }
    take_logarithms(arguments_, showers_, 1, 1, log_hits_);
    std::copy_backward(log_hits_before_.begin(),
                       log_hits_before_.end() - static_cast<std::ptrdiff_t>(showers_),
                       log_hits_before_.end());
    std::copy_n(log_hits_.begin(), showers_, log_hits_before_.begin());
    for (std::size_t shower = 0; shower < showers_; ++shower)
        hits_beyond_[shower] = graph::shape_scale * (log_hits_[shower] - usual(shower, layer)[0]);
    for (auto& block : parents_) {
        block.log_hits = log_hits_[size(block.shower)];
        put(0, layer, block);
    }
}

template <class Number>
void BatchDivision<Number>::put(std::size_t level, std::int64_t layer, Block const& block)
{
    if constexpr (std::is_same_v<Number, float>) {
        levels_[level].put(block, layer, block.log_energy, block.log_hits);
    } else {
        auto const kept = [](float number, float inverse) {
            // To the nearest, even where two are.
            constexpr float unit_spacing = 8388608.0F;
            float const steps = std::max(0.0F, std::min(graph::highest_level, number * inverse));
            return static_cast<std::uint8_t>((steps + unit_spacing) - unit_spacing);
        };
        auto const& inverse = network_.inverse_blocks[level];
        levels_[level].put(block, layer, kept(block.log_energy, inverse.energy),
                           kept(block.log_hits, inverse.hits));
    }
}

template <class Number>
void BatchDivision<Number>::sort_parents(typename RowDivision<Number>::Pass const& at)
{
    auto const& stage = config_.tree.stages[at.stage];
    auto const divisions = network_.stages[at.stage].divisions.size();
    auto const kind_of = [&](Block const& block) {
        auto const pass = stage.pass_of(block.row, block.column);
        return stage.divides(block.row, block.column) ? config_.division_of(pass, block.hits)
                                                      : divisions + static_cast<std::size_t>(pass);
    };
    std::array<std::size_t, most_kinds> next{};
    kinds_.clear();
    for (auto const& block : parents_) {
        rows_.fetch_uniform(at, block);
        ++next[kinds_.emplace_back(static_cast<std::uint8_t>(kind_of(block)))];
    }
    std::exclusive_scan(next.begin(), next.end(), next.begin(), std::size_t{0});
    std::ranges::copy(next, first_of_kind_.begin());
    first_of_kind_.back() = parents_.size();
    sorted_.resize(parents_.size());
    for (std::size_t i = 0; i < parents_.size(); ++i) sorted_[next[kinds_[i]]++] = parents_[i];
}

template <class Number>
void BatchDivision<Number>::divide(std::size_t s, std::int64_t layer)
{
    auto const& stage = config_.tree.stages[s];
    children_.clear();
    typename RowDivision<Number>::Pass at{
        .stage = s,
        .layer = layer,
        .first_uniform = layer * config_.layer_uniforms() + graph::root_uniforms,
        .parents = &levels_[s],
        .children = &levels_[s + 1],
        .log_layers = log_layers_.data(),
        .shared = shared_.data(),
        .batch = batch_};
    for (std::size_t before = 0; before < s; ++before)
        at.first_uniform += graph::block_uniforms * config_.tree.stages[before].parents.count();
    auto const divisions = network_.stages[s].divisions.size();
    auto const of_pass = divisions / size(stage.passes);
    sort_parents(at);
    for (at.pass = 0; at.pass < stage.passes; ++at.pass) {
        auto const first = static_cast<std::size_t>(at.pass) * of_pass;
        for (at.division = first; at.division < first + of_pass; ++at.division)
            divide_some(at, first_of_kind_[at.division], first_of_kind_[at.division + 1]);
        put_children(s, layer, first_of_kind_[first], first_of_kind_[first + of_pass]);
        pass_on(s, layer, divisions + static_cast<std::size_t>(at.pass));
    }
}

template <class Number>
void BatchDivision<Number>::divide_some(typename RowDivision<Number>::Pass const& at,
                                        std::size_t begin, std::size_t end)
{
    if (begin == end) return;
    auto const blocks = std::span(sorted_).subspan(0, end);
    for (auto const& block : blocks.subspan(begin)) rows_.fetch_place(at, block);
    network_.stages[at.stage].divisions[at.division].share(showers_, at.layer,
                                                           layer_features_.data(), shared_.data());
    constexpr auto together = RowDivision<Number>::most_rows;
    for (auto first = begin; first < end; first += together)
        rows_(at, blocks.subspan(first, std::min(together, end - first)),
              first_hits_.data() + first, first_energy_.data() + first);
}

/// Blocks at the edge that have one child.
template <class Number>
void BatchDivision<Number>::pass_on(std::size_t s, std::int64_t layer, std::size_t kind)
{
    auto const& stage = config_.tree.stages[s];
    for (auto i = first_of_kind_[kind]; i < first_of_kind_[kind + 1]; ++i) {
        auto& child = children_.emplace_back(sorted_[i]);
        child.row = static_cast<std::int32_t>(stage.child_row(child.row));
        child.column = static_cast<std::int32_t>(stage.child_column(child.column));
        put(s + 1, layer, child);
    }
}

template <class Number>
void BatchDivision<Number>::put_children(std::size_t s, std::int64_t layer, std::size_t begin,
                                         std::size_t end)
{
    auto const& stage = config_.tree.stages[s];
    auto const first_made = children_.size();
    for (auto i = begin; i < end; ++i) {
        auto const& block = sorted_[i];
        Block child{.shower = block.shower,
                    .row = static_cast<std::int32_t>(stage.child_row(block.row)),
                    .column = static_cast<std::int32_t>(stage.child_column(block.column)),
                    .energy = first_energy_[i],
                    .hits = first_hits_[i]};
        if (child.hits > 0) children_.push_back(child);
        (stage.by_rows() ? child.row : child.column) += 1;
        child.energy = block.energy - first_energy_[i];
        child.hits = block.hits - first_hits_[i];
        if (child.hits > 0) children_.push_back(child);
    }
    auto const made = std::span(children_).subspan(first_made);
    std::ranges::transform(made, arguments_.begin(), &Block::energy);
    take_logarithms(arguments_, made.size(), config_.unit, 1, logarithms_);
    std::ranges::transform(made, arguments_.begin(), &Block::hits);
    take_logarithms(arguments_, made.size(), 1, 1, more_logarithms_);
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i].log_energy = logarithms_[i];
        made[i].log_hits = more_logarithms_[i];
        put(s + 1, layer, made[i]);
    }
}

/// The cells of a layer, which are in `parents_` now.
template <class Number>
void BatchDivision<Number>::finish(std::int64_t layer)
{
    auto const& tree = config_.tree;
    auto const columns = tree.cells.columns + tree.lead.columns;
    std::ranges::fill(sums_, LayerSums{});
    for (auto const& block : parents_) {
        auto const shower = size(block.shower);
        auto const cell =
            (block.row - tree.lead.rows) * tree.cells.columns + block.column - tree.lead.columns;
        assert(cell >= 0);  // blocks of the lead have no cells: SplitTree::cells_of_children
        batch_.cells[(shower * size(config_.layers) + size(layer)) * size(tree.cells.count()) +
                     size(cell)] = block.energy;
        if (block.energy == 0) continue;
        auto const* const centre =
            network_.centres.data() + 2 * (block.row * columns + block.column);
        std::array<float, 2> distance{};
        for (std::size_t i = 0; i < 2; ++i) distance[i] = centre[i] - batch_.entry[2 * shower + i];
        float const square = distance[0] * distance[0] + distance[1] * distance[1];
        auto& sums = sums_[shower];
        ++sums.hits;
        sums.energy += block.energy;
        sums.squares += block.energy * block.energy;
        sums.by_energy += block.energy * square;
        sums.by_hits += square;
        for (std::size_t i = 0; i < 2; ++i) sums.centre[i] += block.energy * distance[i];
    }
    remember(layer);
}

template <class Number>
void BatchDivision<Number>::remember(std::int64_t layer)
{
    // Of all showers one logarithm after the other; of empty layers those of 1, which weigh 0.
    auto const each = [&](std::size_t which, float unit, float offset, auto const& argument) {
        for (std::size_t i = 0; i < showers_; ++i)
            arguments_[i] = sums_[i].energy > 0 ? argument(sums_[i]) : 1.0F;
        take_logarithms(arguments_, showers_, unit, offset, shape_logarithms_[which]);
    };
    each(0, 1, 1, [](LayerSums const& sums) { return sums.hits; });
    each(1, 1, graph::nearest, [](LayerSums const& sums) { return sums.by_energy / sums.energy; });
    each(2, 1, graph::nearest, [](LayerSums const& sums) { return sums.by_hits / sums.hits; });
    each(3, 1, 0, [](LayerSums const& sums) { return sums.squares / sums.energy / sums.energy; });
    each(4, config_.unit, 1, [](LayerSums const& sums) { return sums.energy; });
    for (std::size_t shower = 0; shower < showers_; ++shower) {
        auto const& sums = sums_[shower];
        if (!(sums.energy > 0)) {
            memory_[shower].fade();
            continue;
        }
        memory_[shower].add({shape_logarithms_[0][shower], 0.5F * shape_logarithms_[1][shower],
                             0.5F * shape_logarithms_[2][shower], shape_logarithms_[3][shower],
                             sums.centre[0] / sums.energy, sums.centre[1] / sums.energy},
                            usual(shower, layer), shape_logarithms_[4][shower]);
    }
}

template class BatchDivision<float>;
template class BatchDivision<std::uint8_t>;

}  // namespace lowcal::runtime
