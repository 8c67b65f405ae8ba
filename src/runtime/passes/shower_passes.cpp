#include "runtime/passes/shower_passes.hpp"

#include "graph/passes/pass_hits.hpp"
#include "runtime/division/block_levels.hpp"
#include "runtime/kernels/division_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

using graph::followed_cells;
using graph::logarithm_scale;

/// Layers are drawn so many at once where more showers have them.
constexpr std::size_t layers_together = 16;

/// Showers of a step that are drawn at once.
std::size_t showers_of(graph::LayerStep const& step, std::size_t showers)
{
    return std::clamp(layers_together / step.layers.size(), std::size_t{1}, showers);
}

/// Most layers that are drawn at once.
std::size_t most_layers(std::vector<graph::LayerStep> const& steps, std::size_t showers)
{
    std::size_t most = 0;
    for (auto const& step : steps)
        most = std::max(most, step.layers.size() * showers_of(step, showers));
    return most;
}

}  // namespace

BrightHits ShowerPasses::Bright::at(std::size_t first)
{
    return {.mean = mean.data() + first,
            .width = width.data() + first,
            .below = below.data() + first,
            .log_odds = log_odds.data() + first,
            .spread = spread.data() + first,
            .energy = energy.data() + first};
}

void ShowerPasses::Bright::resize(std::size_t count)
{
    for (auto* numbers : {&mean, &width, &below, &log_odds, &spread, &energy})
        numbers->resize(count + draw_padding);
}

ShowerPasses::ShowerPasses(PackedPasses const& network, std::size_t showers)
    : network_(network),
      config_(network.config),
      showers_(std::min(showers, most_together)),
      layers_(showers_.size() * layer_count()),
      development_(layers_.size()),
      hit_(showers_.size() * network.volume.cells() + sizeof(std::uint32_t)),  // read in fours
      scaled_(showers_.size() * network.volume.cells()),
      root_numbers_(root_draw_width * (showers_.size() + draw_padding)),
      root_hits_(showers_.size() + draw_padding),
      context_padded_(network.width)
{
    auto const together = most_layers(network.steps, showers_.size());
    std::size_t of_pass = 0;
    for (std::size_t p = 0; p < positions_.size(); ++p) {
        auto const cells = network.passes[p].count + draw_padding;
        positions_[p].resize(showers_.size() * size(graph::position_numbers) * cells);
        of_pass = std::max(of_pass, together * cells);
    }
    resize_layers(showers_.size(), together);
    resize_pass(of_pass);
}

/// What is of showers, or of the layers that are drawn at once.
void ShowerPasses::resize_layers(std::size_t showers, std::size_t slots)
{
    auto const rows = std::max(showers, slots);
    slots_.reserve(slots);
    layers_of_pass_.reserve(slots);
    features_.resize(rows * size(std::max(config_.context_inputs(), config_.root_inputs())));
    for (auto* numbers : {&context_base_, &count_base_})
        numbers->resize(slots * size(config_.context));
    left_.resize(slots * size(graph::left_numbers));
    told_.resize(slots * size(graph::left_numbers + graph::pass_numbers));
    context_.resize(slots * size(config_.hidden + graph::odds_numbers));
    counts_.resize(slots * size(graph::count_numbers));
    inner_.resize(2 * rows * std::max(size(config_.context), size(graph::root_width)));
    auto const cells = slots * size(config_.cells()) + draw_padding;
    for (auto* numbers : {&hits_.layer, &hits_.ordinal, &hits_.bright, &hits_.by_layer})
        numbers->resize(cells);
    hits_.energy.resize(cells);
    bright_.resize(cells);
    auto const of_layer = size(config_.cells());
    moved_hits_.resize(of_layer);
    moved_.resize(of_layer);
    shape_cells_.reserve(of_layer);
    shape_centres_.reserve(2 * of_layer);
}

/// What is of the cells that one pass draws at once.
void ShowerPasses::resize_pass(std::size_t rows)
{
    for (auto* numbers : {&all_cells_.usual, &all_cells_.bound, &all_cells_.scores})
        numbers->resize(rows);
    for (auto* numbers : {&all_cells_.rows, &all_cells_.listed}) numbers->resize(rows);
    for (auto* numbers : {&possible_.cell, &possible_.layer, &possible_.number, &possible_.found})
        numbers->resize(rows);
    for (auto* numbers :
         {&possible_.usual, &possible_.change, &possible_.most, &possible_.uniform,
          &possible_.shift, &possible_.odds, &possible_.score, &possible_.bound, &possible_.chances,
          &possible_.uniforms, &possible_.shifts, &possible_.left})
        numbers->resize(rows, 1.0F);
    for (auto* numbers : {&possible_.first, &possible_.second})
        numbers->resize(rows * network_.width);
    auto& e = energies_;
    e.features.resize(rows * size(config_.energy_inputs()));
    e.followed.resize(rows * size(followed_cells));
    e.inner.resize(rows * size(config_.energy));
    e.numbers.resize(rows * size(std::max({config_.class_groups() + 1, graph::group_classes,
                                           graph::bright_numbers})));
    e.source.resize(rows * size(std::max(config_.energy, config_.bright_inputs())));
    for (auto* numbers : {&e.excess, &e.arguments, &e.logarithms_of_windows})
        numbers->resize(rows * size(graph::window_cells));
    for (auto* numbers : {&e.first, &e.second}) numbers->resize(rows * size(config_.bright));
    for (auto* numbers : {&e.within, &e.energy, &e.uniform, &e.most, &e.offset, &e.wider})
        numbers->resize(rows);
    e.logarithms.resize(std::max(rows, size(config_.cells()) + draw_padding));
    for (auto* numbers : {&e.chosen, &e.rows, &e.groups, &e.classes}) numbers->resize(rows);
}

std::size_t ShowerPasses::bytes(graph::PassConfig const& config, std::size_t showers)
{
    auto const together = std::min(showers, most_together);
    auto const slots = most_layers(graph::layer_steps(config.layers), together);
    auto const rows = slots * (size(config.pass_size(0)) + draw_padding);
    auto const classes =
        size(std::max({config.class_groups() + 1, graph::group_classes, graph::bright_numbers}));
    constexpr std::size_t of_row = 37;  // numbers that are not counted otherwise
    auto const width = padded(size(config.hidden), hidden_together);
    auto const row = of_row + 2 * width + size(config.energy_inputs() + config.energy) + classes +
                     size(std::max(config.energy, config.bright_inputs()) + 2 * config.bright) +
                     3 * size(graph::window_cells);
    auto const of_slot = size(config.context_inputs() + 4 * config.context + config.hidden) +
                         17 * size(config.cells());
    return sizeof(float) * (rows * row + slots * of_slot +
                            together * (2 * PassVolume(config).cells() +
                                        size(graph::position_numbers * config.cells())));
}

void ShowerPasses::operator()(Showers const& showers)
{
    auto const all = layer_count() * size(config_.cells());
    for (std::size_t first = 0; first < showers.count; first += showers_.size()) {
        drawn_ = {.count = std::min(showers.count - first, showers_.size()),
                  .layers = showers.layers + first * layer_count(),
                  .primary = showers.primary + first * size(config_.primary),
                  .entry = showers.entry + 2 * first,
                  .uniform = showers.uniform + first * showers.uniform_step,
                  .uniform_step = showers.uniform_step,
                  .cells = showers.cells + first * all};
        std::ranges::fill(hit_, std::uint8_t{0});
        std::ranges::fill(scaled_, 0.0F);
        std::fill_n(drawn_.cells, drawn_.count * all, 0.0F);
        for (std::size_t i = 0; i < drawn_.count; ++i) begin(i);
        draw_layer_hits();
        for (auto const& step : network_.steps) {
            auto const together = showers_of(step, drawn_.count);
            for (std::size_t i = 0; i < drawn_.count; i += together)
                draw_step(step, i, std::min(drawn_.count, i + together));
        }
    }
}

float ShowerPasses::log_energy(float energy) const
{
    return std::log1p(energy / config_.unit);
}

float const* ShowerPasses::uniform_of(std::size_t shower) const
{
    return drawn_.uniform + shower * drawn_.uniform_step +
           layer_count() * size(graph::layer_uniforms);
}

ShowerPasses::Layer const* ShowerPasses::layer_at(Layer const& from, std::int64_t layer) const
{
    return layer >= 0 && layer < config_.layers
               ? &layers_[from.shower * layer_count() + size(layer)]
               : nullptr;
}

void ShowerPasses::begin(std::size_t shower)
{
    auto& own = showers_[shower];
    own = {};
    auto const* const energies = drawn_.layers + shower * layer_count();
    for (std::size_t layer = 0; layer < layer_count(); ++layer) {
        layers_[shower * layer_count() + layer] = {
            .layer = static_cast<std::int64_t>(layer),
            .shower = shower,
            .plane = shower * network_.volume.cells() +
                     network_.volume.at(static_cast<std::int64_t>(layer))};
        own.total += energies[layer];
    }
    own.log_total = log_energy(own.total);
    graph::find_development({energies, layer_count()},
                            std::span(development_).subspan(shower * layer_count(), layer_count()));
    for (std::size_t p = 0; p < positions_.size(); ++p) {
        auto const& pass = network_.passes[p];
        auto const step = pass.count + draw_padding;
        position_kernels.fastest()(
            {.count = pass.count,
             .rows = pass.rows.data(),
             .columns = pass.columns.data(),
             .entry_row = drawn_.entry[2 * shower],
             .entry_column = drawn_.entry[2 * shower + 1],
             .result = positions_[p].data() + shower * size(graph::position_numbers) * step,
             .step = step});
    }
}

std::array<float, graph::usual_shapes> ShowerPasses::usual(Layer const& layer) const
{
    auto const count = size(graph::shape_regressors * graph::usual_shapes);
    auto const energy = drawn_.layers[layer.shower * layer_count() + size(layer.layer)];
    return graph::usual_layer_shapes(
        std::span(network_.weights.usual_shapes).subspan(size(layer.layer) * count, count),
        log_energy(energy), showers_[layer.shower].log_total);
}

float* ShowerPasses::add_shower(std::size_t slot, float* to) const
{
    auto const& own = layers_[slot];
    auto const& shower = showers_[own.shower];
    auto const* const energies = drawn_.layers + own.shower * layer_count();
    for (auto other = own.layer - graph::layers_around; other <= own.layer + graph::layers_around;
         ++other)
        *to++ = other >= 0 && other < config_.layers ? logarithm_scale * log_energy(energies[other])
                                                     : 0.0F;
    *to++ = logarithm_scale * shower.log_total;
    auto const primary = size(config_.primary);
    to = std::copy_n(drawn_.primary + own.shower * primary, primary, to);
    float const row = entry_of(own)[0], column = entry_of(own)[1];
    auto const& here = development_[slot];
    for (float const number_of :
         {row, column, graph::square_scale * row * row, graph::square_scale * column * column,
          graph::square_scale * row * column, graph::depth_unit * here.depth,
          graph::depth_unit * here.length,
          std::clamp(here.depth / std::max(here.length, graph::least_length), -graph::most_excess,
                     graph::most_excess),
          logarithm_scale * log_energy(here.before), logarithm_scale * log_energy(here.behind),
          here.before / std::max(shower.total, config_.unit)})
        *to++ = number_of;
    return to;
}

void ShowerPasses::draw_layer_hits()
{
    auto const count = drawn_.count;
    auto* const second = inner_.data() + count * size(graph::root_width);
    float uniform[2 * (most_together + draw_padding)] = {};
    auto const learnt = size(graph::layer_numbers);
    for (std::size_t layer = 0; layer < layer_count(); ++layer) {
        auto* to = features_.data();
        for (std::size_t shower = 0; shower < count; ++shower) {
            auto const slot = shower * layer_count() + layer;
            to = add_shower(slot, to);
            for (std::size_t back = 1; back <= size(graph::remembered_hits); ++back)
                *to++ =
                    layer < back ? 0.0F : logarithm_scale * std::log1p(layers_[slot - back].hits);
            to = std::copy_n(
                network_.weights.root_layers.begin() + static_cast<std::ptrdiff_t>(layer * learnt),
                learnt, to);
            std::copy_n(
                drawn_.uniform + shower * drawn_.uniform_step + layer * size(graph::layer_uniforms),
                size(graph::root_uniforms), uniform + shower * size(graph::root_uniforms));
        }
        network_.root_first(count, features_.data(), inner_.data(), true);
        network_.root_second(count, inner_.data(), second, true);
        network_.root(count, second, root_numbers_.data(), false);
        root_draw_kernels.fastest()({.count = count,
                                     .numbers = root_numbers_.data(),
                                     .step = root_draw_width,
                                     .uniform = uniform,
                                     .result = root_hits_.data()});
        for (std::size_t shower = 0; shower < count; ++shower)
            set_hits(layers_[shower * layer_count() + layer], root_hits_[shower]);
    }
}

void ShowerPasses::set_hits(Layer& layer, float drawn) const
{
    float const energy = drawn_.layers[layer.shower * layer_count() + size(layer.layer)];
    float const most =
        std::clamp(std::floor(energy / config_.least), 0.0F, static_cast<float>(config_.cells()));
    layer.hits = std::min(std::max(1.0F, std::nearbyint(drawn)), most);
    layer.energy = layer.hits > 0 ? energy : 0.0F;
    layer.log_energy = std::log(layer.energy + config_.unit);
    layer.change = config_.change(layer.hits);
    if (layer.hits > 0)
        layer.hits_beyond = graph::shape_scale * (std::log1p(layer.hits) - usual(layer)[0]);
}

void ShowerPasses::draw_step(graph::LayerStep const& step, std::size_t first, std::size_t last)
{
    slots_.clear();
    for (auto shower = first; shower < last; ++shower)
        for (auto const layer : step.layers) {
            auto const slot = shower * layer_count() + size(layer);
            if (layers_[slot].hits > 0) slots_.push_back(slot);
        }
    if (slots_.empty()) return;
    hits_count_ = bright_count_ = 0;
    begin_layers(step);
    for (std::size_t pass = 0; pass < graph::cell_passes.size(); ++pass) draw_pass(step, pass);
    sort_hits();
    for (auto const slot : slots_) finish_layer(layers_[slot], step.group);
}

void ShowerPasses::begin_layers(graph::LayerStep const& step)
{
    auto const reach = graph::group_reach[size(step.group)];
    auto* to = features_.data();
    for (auto const slot : slots_) {
        auto& own = layers_[slot];
        auto const& shower = showers_[own.shower];
        auto const shapes_of = [&](std::int64_t layer) {
            auto const* const there = layer_at(own, layer);
            return there == nullptr ? Shapes{} : there->beyond;
        };
        own.left = own.energy;
        own.hits_left = own.hits;
        to = add_shower(slot, to);
        for (auto other = own.layer - graph::hits_around; other <= own.layer + graph::hits_around;
             ++other) {
            auto const* const there = layer_at(own, other);
            *to++ = there == nullptr ? 0.0F : logarithm_scale * std::log1p(there->hits);
        }
        *to++ = own.hits_beyond;
        to = std::ranges::copy(shapes_of(own.layer - reach), to).out;
        to = std::ranges::copy(step.group > 0 ? shapes_of(own.layer + reach) : Shapes{}, to).out;
        for (float const sum : shower.usual_beyond)
            *to++ = sum / std::max(shower.weight_beyond, 1.0F);
    }
    begin_network(network_.context, context_base_);
    begin_network(network_.count, count_base_);
}

void ShowerPasses::begin_network(LayerNetwork const& network, std::vector<float>& base)
{
    auto* bias = inner_.data();
    for (auto const slot : slots_)
        bias = std::copy_n(network.bias.begin() + layers_[slot].layer * config_.context,
                           size(config_.context), bias);
    network.layer_first(slots_.size(), features_.data(), base.data(), false,
                        {.start = inner_.data()});
}

void ShowerPasses::run_network(LayerNetwork const& network, std::vector<float> const& left,
                               std::vector<float> const& base, std::vector<float>& result)
{
    auto const rows = slots_.size();
    auto* const second = inner_.data() + rows * size(config_.context);
    network.left_first(rows, left.data(), inner_.data(), true, {.start = base.data()});
    network.second(rows, inner_.data(), second, true);
    network.last(rows, second, result.data(), false);
}

/// What is left of layers before a pass.
void ShowerPasses::find_left()
{
    auto* to = left_.data();
    for (auto const slot : slots_) {
        auto& own = layers_[slot];
        float const left = std::max(own.left, 0.0F), hits = std::max(own.hits_left, 0.0F);
        for (float const number : {logarithm_scale * log_energy(left), left / own.energy,
                                   logarithm_scale * std::log1p(hits), hits / own.hits})
            *to++ = number;
        own.log_left = std::log(left + config_.unit);
        own.hits_of_pass = hits;
    }
}

/// How many hits the pass has in each layer.
void ShowerPasses::draw_counts(std::size_t pass)
{
    if (pass == size(graph::counted_passes)) return;
    run_network(network_.count, left_, count_base_, counts_);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        auto& own = layers_[slots_[i]];
        if (own.hits_of_pass == 0) continue;
        auto const* const numbers = &counts_[i * size(graph::count_numbers) + 2 * pass];
        auto const first = size(own.layer * graph::layer_uniforms + graph::root_uniforms);
        own.hits_of_pass =
            graph::PassHits(config_, static_cast<std::int64_t>(pass), numbers, own.hits_of_pass)
                .draw(drawn_.uniform[own.shower * drawn_.uniform_step + first + pass]);
    }
}

/// What layers give to their cells in a pass.
void ShowerPasses::find_context()
{
    constexpr auto before = static_cast<std::size_t>(graph::left_numbers);
    auto* to = told_.data();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        auto const& own = layers_[slots_[i]];
        to = std::copy_n(left_.data() + i * before, before, to);
        *to++ = logarithm_scale * std::log1p(own.hits_of_pass);
        *to++ = own.hits_left > 0 ? own.hits_of_pass / own.hits_left : 0.0F;
    }
    run_network(network_.context, told_, context_base_, context_);
}

void ShowerPasses::draw_pass(graph::LayerStep const& step, std::size_t pass)
{
    find_left();
    draw_counts(pass);
    find_context();
    auto const count = find_hits(step, pass);
    if (count == 0) return;
    draw_energies(step, pass, count);
    put(pass, count);
}

void ShowerPasses::put_cell(Layer const& layer, std::size_t ordinal, float energy, float scaled)
{
    auto const place = network_.volume_places[ordinal];
    auto const set = [&](std::int32_t at) {
        hit_[layer.plane + static_cast<std::size_t>(at)] = 1;
        scaled_[layer.plane + static_cast<std::size_t>(at)] = scaled;
    };
    set(place);
    for (auto const copy : network_.copies[static_cast<std::size_t>(place)]) set(copy);
    auto const first = (layer.shower * layer_count() + size(layer.layer)) * size(config_.cells());
    drawn_.cells[first + size(network_.weights.cells[ordinal])] = energy;
}

/// The pass' hits, once the energies of all of them are drawn.
void ShowerPasses::put(std::size_t pass, std::size_t count)
{
    scaled_logarithm_kernels.fastest()({.count = count,
                                        .x = energies_.energy.data(),
                                        .unit = config_.unit,
                                        .offset = 1.0F,
                                        .result = energies_.logarithms.data()});
    for (std::size_t i = 0; i < count; ++i) {
        auto const row = static_cast<std::size_t>(possible_.found[i]);
        auto& layer = layers_[static_cast<std::size_t>(possible_.layer[row])];
        auto const ordinal =
            network_.passes[pass].first + static_cast<std::size_t>(possible_.cell[row]);
        float const energy = energies_.energy[i];
        put_cell(layer, ordinal, energy, logarithm_scale * energies_.logarithms[i]);
        hits_.layer[hits_count_] = possible_.layer[row];
        hits_.ordinal[hits_count_] = static_cast<std::int32_t>(ordinal);
        hits_.energy[hits_count_] = energy;
        hits_.bright[hits_count_++] = energies_.chosen[i];
        layer.left -= energy;
        --layer.hits_left;
    }
}

}  // namespace lowcal::runtime
