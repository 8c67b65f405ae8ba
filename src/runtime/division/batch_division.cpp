#include "runtime/division/batch_division.hpp"

#include "runtime/kernels/dense_kernel.hpp"
#include "runtime/kernels/division_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

using graph::block_uniforms;
using graph::followed_odds;
using graph::SplitStage;

constexpr std::size_t rows_together = 64;

std::size_t size(std::int64_t number)
{
    return static_cast<std::size_t>(number);
}

/// Cells of a block that are within the layer, along one axis.
std::int64_t extent(std::int64_t block, std::int64_t length, std::int64_t lead, std::int64_t cells)
{
    return std::clamp((block + 1) * length, lead, lead + cells) -
           std::clamp(block * length, lead, lead + cells);
}

float cells_of(graph::SplitTree const& tree, SplitStage const& stage, std::int64_t row,
               std::int64_t column)
{
    return static_cast<float>(
        extent(row, stage.child_cells.rows, tree.lead.rows, tree.cells.rows) *
        extent(column, stage.child_cells.columns, tree.lead.columns, tree.cells.columns));
}

std::size_t most_blocks(graph::SplitNetworkConfig const& config, std::size_t showers)
{
    return showers * size(config.tree.stages.back().children.count());
}

std::vector<float> padded(std::size_t count)
{
    return std::vector<float>(count + draw_padding);
}

}  // namespace

BatchDivision::BatchDivision(PackedNetwork const& network, std::size_t showers)
    : network_(network),
      config_(network.config),
      showers_(showers),
      log_layers_(padded(showers * size(config_.layers))),
      log_total_(padded(showers)),
      hits_(padded(showers)),
      hits_before_(size(graph::remembered_hits) * showers),
      hits_beyond_(showers),
      memory_(showers),
      sums_(showers)
{
    levels_.emplace_back(config_, graph::BlockGrid{}, showers);
    for (auto const& stage : config_.tree.stages)
        levels_.emplace_back(config_, stage.children, showers);
    auto const blocks = most_blocks(config_, showers);
    for (auto* list : {&parents_, &children_, &divided_}) list->reserve(blocks);
    first_hits_ = padded(blocks);
    first_energy_ = padded(blocks);
    auto const most_logarithms = std::max(blocks, showers * size(config_.layers));
    logarithms_ = padded(most_logarithms);
    arguments_ = padded(most_logarithms);
    log_hits_ = padded(blocks);
    for (auto& numbers : shape_logarithms_) numbers = padded(showers);
    auto const root_inputs = network.root_first.inputs;
    layer_features_.resize(showers * std::max(root_inputs, size(config_.layer_features())));
    auto const trunk = size(config_.trunk);
    shared_ = padded(showers * std::max({trunk, size(graph::root_width)}));
    auto const rows = std::max(rows_together, showers);
    auto& all = rows_;
    all.features.resize(rows * block_features(1));
    all.first = padded(rows * std::max(trunk, size(graph::root_width)));
    all.trunk = padded(rows * trunk);
    all.start = padded(rows * std::max(trunk, size(config_.energy)));
    all.numbers.resize((rows + draw_padding) * energy_draw_width);
    for (auto* numbers : {&all.hit_odds, &all.energy_odds, &all.both_odds})
        numbers->resize((rows + draw_padding) * size(followed_odds));
    for (auto* numbers : {&all.uniform, &all.energy_uniform, &all.both_uniform})
        numbers->resize((rows + draw_padding) * size(graph::root_uniforms));
    for (auto* numbers : {&all.hits, &all.energy, &all.cells_of_first, &all.cells_of_second,
                          &all.drawn, &all.both_energy, &all.both_first, &all.both_second})
        *numbers = padded(rows);
    for (std::size_t i = 0; i < all.logarithms.size(); ++i)
        all.logarithms[i] = all.arguments[i] = padded(rows);
    all.both.reserve(rows);
    all.both_trunk = padded(rows * trunk);
    all.division.resize(rows * size(graph::division_features));
    all.inner = padded(rows * size(config_.energy));
}

std::size_t BatchDivision::bytes(graph::SplitNetworkConfig const& config, std::size_t showers)
{
    auto const blocks = most_blocks(config, showers);
    std::size_t numbers = BlockLevel::numbers_of({}, showers) + 4 * blocks +
                          showers * size(config.layers + config.layer_features() + config.trunk);
    for (auto const& stage : config.tree.stages)
        numbers += BlockLevel::numbers_of(stage.children, showers);
    numbers += std::max(rows_together, showers) *
               (block_features(1) + size(4 * config.trunk + 2 * config.energy) + energy_draw_width);
    return numbers * sizeof(float) + 3 * blocks * sizeof(Block);
}

float const* BatchDivision::take_logarithms(std::size_t count, float unit, float offset)
{
    scaled_logarithm_kernels.fastest()({.count = count,
                                        .x = arguments_.data(),
                                        .unit = unit,
                                        .offset = offset,
                                        .result = logarithms_.data()});
    return logarithms_.data();
}

void BatchDivision::run(Batch const& batch)
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
}

void BatchDivision::begin()
{
    auto const layers = size(config_.layers);
    for (auto& level : levels_) level.clear();
    std::ranges::fill(memory_, Memories{});
    std::ranges::fill(hits_before_, 0.0F);
    std::fill_n(batch_.cells, showers_ * layers * size(config_.tree.cells.count()), 0.0F);
    std::copy_n(batch_.layers, showers_ * layers, arguments_.data());
    std::copy_n(take_logarithms(showers_ * layers, config_.unit, 1), showers_ * layers,
                log_layers_.data());
    for (std::size_t shower = 0; shower < showers_; ++shower) {
        float total = 0;
        for (std::size_t layer = 0; layer < layers; ++layer)
            total += batch_.layers[shower * layers + layer];
        arguments_[shower] = total;
    }
    std::copy_n(take_logarithms(showers_, config_.unit, 1), showers_, log_total_.data());
}

void BatchDivision::gather_layer_features(std::int64_t layer, bool with_hits)
{
    auto* to = layer_features_.data();
    auto const primary = size(config_.primary);
    for (std::size_t shower = 0; shower < showers_; ++shower) {
        auto const* const logs = log_layers_.data() + shower * size(config_.layers);
        for (auto at = layer - graph::layers_around; at <= layer + graph::layers_around; ++at)
            *to++ = at >= 0 && at < config_.layers ? logs[at] : 0.0F;
        if (with_hits) {
            *to++ = hits_[shower];
            *to++ = hits_beyond_[shower];
        }
        to = std::copy_n(batch_.primary + shower * primary, primary, to);
        to = std::copy_n(batch_.entry + 2 * shower, 2, to);
        *to++ = log_total_[shower];
        for (auto const& memory : memory_[shower])
            for (float const shape : memory.shapes) *to++ = shape / (memory.weight + 1.0F);
        if (with_hits) continue;
        for (std::size_t back = 0; back < size(graph::remembered_hits); ++back)
            *to++ = hits_before_[back * showers_ + shower];
        to = std::copy_n(network_.root_layers.data() + layer * graph::layer_numbers,
                         graph::layer_numbers, to);
    }
}

std::array<float, graph::usual_shapes> BatchDivision::usual(std::size_t shower,
                                                            std::int64_t layer) const
{
    float const own = log_layers_[shower * size(config_.layers) + size(layer)];
    float const total = log_total_[shower];
    std::array const regressors{1.0F, own, graph::regressor_scale * own * own, total,
                                graph::regressor_scale * total * total};
    auto const* row =
        network_.usual_shapes.data() + layer * graph::shape_regressors * graph::usual_shapes;
    std::array<float, graph::usual_shapes> shapes{};
    for (float const regressor : regressors)
        for (float& shape : shapes) shape += regressor * *row++;
    return shapes;
}

void BatchDivision::draw_layer_hits(std::int64_t layer)
{
    gather_layer_features(layer, false);
    network_.root_first(showers_, layer_features_.data(), shared_.data(), true);
    network_.root_second(showers_, shared_.data(), rows_.first.data(), true);
    network_.root(showers_, rows_.first.data(), rows_.numbers.data(), false);
    auto const width = size(config_.uniform_count());
    for (std::size_t shower = 0; shower < showers_; ++shower)
        std::copy_n(batch_.uniform + shower * width + size(layer * config_.layer_uniforms()),
                    graph::root_uniforms,
                    rows_.uniform.data() + shower * size(graph::root_uniforms));
    root_draw_kernels.fastest()({.count = showers_,
                                 .numbers = rows_.numbers.data(),
                                 .uniform = rows_.uniform.data(),
                                 .result = rows_.drawn.data()});
    parents_.clear();
    for (std::size_t shower = 0; shower < showers_; ++shower) {
        float const energy = batch_.layers[shower * size(config_.layers) + size(layer)];
        float const most = std::clamp(std::floor(energy / config_.least), 0.0F,
                                      static_cast<float>(config_.tree.cells.count()));
        arguments_[shower] = std::min(std::max(1.0F, std::nearbyint(rows_.drawn[shower])), most);
        if (arguments_[shower] > 0)
            parents_.push_back({.shower = static_cast<std::int32_t>(shower),
                                .energy = energy,
                                .hits = arguments_[shower]});
    }
    std::copy_n(hits_before_.data(), showers_, hits_before_.data() + showers_);
    std::copy_n(take_logarithms(showers_, 1, 1), showers_, hits_.data());
    std::copy_n(hits_.data(), showers_, hits_before_.data());
    for (std::size_t shower = 0; shower < showers_; ++shower)
        hits_beyond_[shower] = graph::shape_scale * (hits_[shower] - usual(shower, layer)[0]);
    for (auto const& block : parents_) {
        auto const shower = size(block.shower);
        levels_.front().put(block, layer, log_layers_[shower * size(config_.layers) + size(layer)],
                            hits_[shower]);
    }
}

/// Blocks at the edge that have one child, those of a pass.
void BatchDivision::pass_on(std::size_t s, std::int64_t layer, int pass)
{
    auto const& stage = config_.tree.stages[s];
    for (auto const& block : parents_) {
        if (stage.divides(block.row, block.column)) continue;
        if (stage.pass_of(block.row, block.column) != pass) continue;
        auto& child = children_.emplace_back(block);
        child.row = static_cast<std::int32_t>(stage.child_row(block.row));
        child.column = static_cast<std::int32_t>(stage.child_column(block.column));
        std::array<float, 2> seen{};
        levels_[s].copy(block.shower, layer, {block.row, block.column, 1, 1}, seen.data());
        levels_[s + 1].put(child, layer, seen[0], seen[1]);
    }
}

void BatchDivision::divide(std::size_t s, std::int64_t layer)
{
    auto const& stage = config_.tree.stages[s];
    children_.clear();
    first_uniform_ = layer * config_.layer_uniforms() + graph::root_uniforms;
    for (std::size_t before = 0; before < s; ++before)
        first_uniform_ += block_uniforms * config_.tree.stages[before].parents.count();
    for (int pass = 0; pass < stage.passes; ++pass) {
        auto const& division = network_.stages[s].passes[size(pass)];
        divided_.clear();
        for (auto const& block : parents_)
            if (stage.divides(block.row, block.column) &&
                stage.pass_of(block.row, block.column) == pass)
                divided_.push_back(block);
        auto const trunk = padded_outputs(size(config_.trunk));
        if (!divided_.empty())
            division.of_layers(showers_, layer_features_.data(), shared_.data(), false,
                               {.bias = division.layer_start.data() + size(layer) * trunk});
        for (std::size_t first = 0; first < divided_.size(); first += rows_together)
            divide_rows(s, layer, pass, first, std::min(rows_together, divided_.size() - first));
        put_children(s, layer);
        pass_on(s, layer, pass);
    }
}

void BatchDivision::gather_row(std::size_t s, std::int64_t layer, int pass, Block const& block,
                               std::size_t row)
{
    auto const& stage = config_.tree.stages[s];
    auto const& numbers = network_.stages[s];
    auto const& children = levels_[s + 1];
    auto const number = block.row * stage.parents.columns + block.column;
    auto* const begin = rows_.features.data() + row * block_features(pass);
    auto* to = levels_[s].copy(block.shower, layer,
                               {block.row - graph::neighbours, block.column - graph::neighbours,
                                2 * graph::neighbours + 1, 2 * graph::neighbours + 1},
                               begin);
    bool const by_rows = stage.by_rows();
    BlockLevel::Window const window{.row = stage.child_row(block.row) - (by_rows ? 2 : 1),
                                    .column = stage.child_column(block.column) - (by_rows ? 1 : 2),
                                    .rows = by_rows ? 6 : 3,
                                    .columns = by_rows ? 3 : 6};
    // The block's own two children in the window.
    std::size_t const one = by_rows ? 7 : 8, other = by_rows ? 10 : 9;
    std::array<float, 2 * graph::layers_before> odds{};
    for (std::int64_t back = 1; back <= graph::layers_before; ++back) {
        auto const* const seen = to;
        auto const at = size(2 * (back - 1));
        if (back < graph::layers_before) {
            to = children.copy(block.shower, layer - back, window, to);
            odds[at] = seen[2 * one] - seen[2 * other];
            odds[at + 1] = seen[2 * one + 1] - seen[2 * other + 1];
        } else {
            to = children.copy_energies(block.shower, layer - back, window, to);
            odds[at] = seen[one] - seen[other];
        }
    }
    auto const usual_at = size(layer * stage.parents.count() + number);
    float const usual_hits = numbers.usual_hits[usual_at];
    float const usual_energy = numbers.usual_energy[usual_at];
    *to++ = usual_energy / graph::usual_unit;
    *to++ = usual_hits / graph::usual_unit;
    for (std::size_t i = 0; i < 5; ++i) *to++ = odds[i];
    *to++ = usual_energy - usual_hits;
    std::ranges::copy(std::array{usual_hits, odds[1], odds[0]},
                      rows_.hit_odds.data() + row * size(followed_odds));
    std::ranges::copy(std::array{usual_energy, odds[0], odds[2]},
                      rows_.energy_odds.data() + row * size(followed_odds));

    constexpr std::size_t own = 2 * (graph::parent_window / 2);  // in its own window
    *to++ = begin[own];
    *to++ = begin[own + 1];
    *to++ = 0;  // the energy of a hit: with all rows
    for (float const few : {1.0F, 2.0F, 3.0F}) *to++ = block.hits == few ? 1.0F : 0.0F;
    auto const* const centre = numbers.centres.data() + 4 * number;
    auto const* const entry = batch_.entry + 2 * size(block.shower);
    std::array<float, 4> distance{};
    for (std::size_t i = 0; i < distance.size(); ++i) distance[i] = centre[i] - entry[i % 2];
    *to++ = 0.25F * 0.5F * (distance[0] + distance[2]);
    *to++ = 0.25F * 0.5F * (distance[1] + distance[3]);
    to += 2;  // logarithms of distances
    *to++ = begin[own] - log_layers_[size(block.shower) * size(config_.layers) + size(layer)];
    if (pass == 1) children.copy(block.shower, layer, window, to);

    auto const* const uniform = batch_.uniform +
                                size(block.shower) * size(config_.uniform_count()) +
                                size(first_uniform_ + block_uniforms * number);
    std::copy_n(uniform, 2, rows_.uniform.data() + 2 * row);
    std::copy_n(uniform + 2, 2, rows_.energy_uniform.data() + 2 * row);
    rows_.arguments[0][row] = block.energy / block.hits;
    rows_.arguments[1][row] = distance[0] * distance[0] + distance[1] * distance[1];
    rows_.arguments[2][row] = distance[2] * distance[2] + distance[3] * distance[3];
    rows_.hits[row] = block.hits;
    rows_.energy[row] = block.energy;
    auto const child_row = stage.child_row(block.row),
               child_column = stage.child_column(block.column);
    rows_.cells_of_first[row] = cells_of(config_.tree, stage, child_row, child_column);
    rows_.cells_of_second[row] = cells_of(config_.tree, stage, child_row + (by_rows ? 1 : 0),
                                          child_column + (by_rows ? 0 : 1));
}

}  // namespace lowcal::runtime
