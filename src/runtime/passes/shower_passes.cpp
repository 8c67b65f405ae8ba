#include "runtime/passes/shower_passes.hpp"

#include "runtime/division/block_levels.hpp"
#include "runtime/kernels/division_kernel.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace lowcal::runtime {
namespace {

using graph::followed_cells;
using graph::logarithm_scale;

/// Most layers that are made at once.
std::size_t most_layers(std::vector<graph::LayerStep> const& steps)
{
    std::size_t most = 0;
    for (auto const& step : steps) most = std::max(most, step.layers.size());
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

ShowerPasses::ShowerPasses(PackedPasses const& network)
    : network_(network),
      config_(network.config),
      layers_(size(config_.layers)),
      development_(layers_.size()),
      hit_(network.volume.cells() + sizeof(std::uint32_t)),  // which three are read as
      scaled_(network.volume.cells())
{
    auto const together = most_layers(network.steps);
    auto const cells = together * size(config_.cells()) + draw_padding;
    std::size_t of_pass = 0;
    for (std::size_t p = 0; p < positions_.size(); ++p) {
        auto const& pass = network.passes[p];
        positions_[p].resize(size(graph::position_numbers) * (pass.count + draw_padding));
        of_pass = std::max(of_pass, together * (pass.count + draw_padding));
    }
    features_.resize(together * size(config_.context_inputs()) + size(config_.root_inputs()));
    base_.resize(together * size(config_.context));
    left_.resize(together * size(graph::left_numbers));
    // First what layers' own numbers give, then what their networks do.
    context_.resize(together *
                    size(std::max(config_.context, config_.hidden + graph::odds_numbers)));
    inner_.resize(2 * std::max(together * size(config_.context), size(graph::root_width)));
    for (auto* numbers :
         {&hits_.layer, &hits_.ordinal, &hits_.bright, &hits_.by_layer, &moved_hits_})
        numbers->resize(cells);
    hits_.energy.resize(cells);
    bright_.resize(cells);
    moved_.resize(size(config_.cells()));
    for (auto* numbers : {&possible_.cell, &possible_.layer, &possible_.found})
        numbers->resize(of_pass);
    for (auto* numbers : {&possible_.usual, &possible_.change, &possible_.uniform, &possible_.shift,
                          &possible_.left})
        numbers->resize(of_pass, 1.0F);
    for (auto* numbers : {&possible_.first, &possible_.second})
        numbers->resize(of_pass * network.width);
    auto& e = energies_;
    e.features.resize(of_pass * size(config_.energy_inputs()));
    e.followed.resize(of_pass * size(followed_cells));
    e.inner.resize(of_pass * size(config_.energy));
    e.numbers.resize(of_pass * size(std::max({config_.class_groups() + 1, graph::group_classes,
                                              graph::bright_numbers})));
    e.source.resize(of_pass * size(std::max(config_.energy, config_.bright_inputs())));
    e.excess.resize(of_pass * size(graph::window_cells));
    for (auto* numbers : {&e.arguments, &e.logarithms_of_windows})
        numbers->resize(of_pass * size(graph::window_cells));
    for (auto* numbers : {&e.first, &e.second}) numbers->resize(of_pass * size(config_.bright));
    for (auto* numbers : {&e.within, &e.energy, &e.uniform, &e.most}) numbers->resize(of_pass);
    e.logarithms.resize(std::max(of_pass, size(config_.cells()) + draw_padding));
    for (auto* numbers : {&e.chosen, &e.rows, &e.groups, &e.classes}) numbers->resize(of_pass);
    context_padded_.resize(network.width);
    shape_cells_.reserve(size(config_.cells()));
    shape_centres_.reserve(2 * size(config_.cells()));
}

std::size_t ShowerPasses::bytes(graph::PassConfig const& config)
{
    // Half of the layers at once, a quarter of their cells; the volumes, and the network's shares.
    auto const of_pass = size((config.layers + 1) / 2 * (config.cells() / 4 + 1)) + draw_padding;
    auto const row = size(4 * config.hidden + 2 * config.energy + 3 * config.bright +
                          graph::bright_numbers + 4 * graph::window_cells);
    return sizeof(float) * (of_pass * row + 8 * size(config.layers * config.cells()) +
                            3 * PassVolume(config).cells());
}

void ShowerPasses::operator()(Shower const& shower)
{
    shower_ = shower;
    begin();
    draw_layer_hits();
    for (auto const& step : network_.steps) draw_step(step);
}

float ShowerPasses::log_energy(float energy) const
{
    return std::log1p(energy / config_.unit);
}

std::int32_t ShowerPasses::volume_of(std::size_t ordinal) const
{
    std::size_t pass = 0;
    while (ordinal >= network_.passes[pass].first + network_.passes[pass].count) ++pass;
    return network_.passes[pass].volume[ordinal - network_.passes[pass].first];
}

void ShowerPasses::begin()
{
    std::ranges::fill(hit_, std::uint8_t{0});
    std::ranges::fill(scaled_, 0.0F);
    std::fill_n(shower_.cells, size(config_.layers * config_.cells()), 0.0F);
    total_ = 0;
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        layers_[layer] = {};
        total_ += shower_.layers[layer];
    }
    log_total_ = log_energy(total_);
    usual_beyond_ = {};
    weight_beyond_ = 0;
    graph::find_development({shower_.layers, layers_.size()}, development_);
    for (std::size_t p = 0; p < positions_.size(); ++p) {
        auto const& pass = network_.passes[p];
        position_kernels.fastest()({.count = pass.count,
                                    .rows = pass.rows.data(),
                                    .columns = pass.columns.data(),
                                    .entry_row = shower_.entry[0],
                                    .entry_column = shower_.entry[1],
                                    .result = positions_[p].data(),
                                    .step = pass.count + draw_padding});
    }
}

std::array<float, graph::usual_shapes> ShowerPasses::usual(std::size_t layer) const
{
    auto const count = size(graph::shape_regressors * graph::usual_shapes);
    return graph::usual_layer_shapes(
        std::span(network_.weights.usual_shapes).subspan(layer * count, count),
        log_energy(shower_.layers[layer]), log_total_);
}

float* ShowerPasses::add_shower(std::size_t layer, float* to) const
{
    auto const number = static_cast<std::int64_t>(layer);
    for (auto other = number - graph::layers_around; other <= number + graph::layers_around;
         ++other)
        *to++ = other >= 0 && other < config_.layers
                    ? logarithm_scale * log_energy(shower_.layers[size(other)])
                    : 0.0F;
    *to++ = logarithm_scale * log_total_;
    to = std::copy_n(shower_.primary, size(config_.primary), to);
    float const row = shower_.entry[0], column = shower_.entry[1];
    auto const& here = development_[layer];
    for (float const number_of :
         {row, column, graph::square_scale * row * row, graph::square_scale * column * column,
          graph::square_scale * row * column, graph::depth_unit * here.depth,
          graph::depth_unit * here.length,
          std::clamp(here.depth / std::max(here.length, graph::least_length), -graph::most_excess,
                     graph::most_excess),
          logarithm_scale * log_energy(here.before), logarithm_scale * log_energy(here.behind),
          here.before / std::max(total_, config_.unit)})
        *to++ = number_of;
    return to;
}

void ShowerPasses::draw_layer_hits()
{
    auto* const inner = inner_.data();
    auto* const second = inner + graph::root_width;
    float numbers[root_draw_width * draw_padding] = {};
    float drawn[draw_padding];
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        auto& own = layers_[layer];
        auto* to = add_shower(layer, features_.data());
        for (std::size_t back = 1; back <= size(graph::remembered_hits); ++back)
            *to++ = layer < back ? 0.0F : logarithm_scale * std::log1p(layers_[layer - back].hits);
        auto const learnt = size(graph::layer_numbers);
        std::copy_n(
            network_.weights.root_layers.begin() + static_cast<std::ptrdiff_t>(layer * learnt),
            learnt, to);
        network_.root_first(1, features_.data(), inner, true);
        network_.root_second(1, inner, second, true);
        network_.root(1, second, numbers, false);
        float uniform[2 * draw_padding] = {};
        std::copy_n(shower_.uniform + layer * size(graph::root_uniforms),
                    size(graph::root_uniforms), uniform);
        root_draw_kernels.fastest()({.count = 1,
                                     .numbers = numbers,
                                     .step = root_draw_width,
                                     .uniform = uniform,
                                     .result = drawn});
        float const energy = shower_.layers[layer];
        float const most = std::clamp(std::floor(energy / config_.least), 0.0F,
                                      static_cast<float>(config_.cells()));
        own.hits = std::min(std::max(1.0F, std::nearbyint(drawn[0])), most);
        own.energy = own.hits > 0 ? energy : 0.0F;
        own.log_energy = std::log(own.energy + config_.unit);
        own.change = config_.change(own.hits);
        if (own.hits > 0)
            own.hits_beyond = graph::shape_scale * (std::log1p(own.hits) - usual(layer)[0]);
    }
}

void ShowerPasses::draw_step(graph::LayerStep const& step)
{
    hits_count_ = bright_count_ = 0;
    begin_layers(step);
    for (std::size_t pass = 0; pass < graph::cell_passes.size(); ++pass) {
        find_context(step);
        draw_pass(step, pass);
    }
    sort_hits(step);
    for (auto const layer : step.layers)
        if (layers_[size(layer)].hits > 0) finish_layer(size(layer), step.group);
}

void ShowerPasses::begin_layers(graph::LayerStep const& step)
{
    auto const reach = graph::group_reach[size(step.group)];
    auto const shapes_of = [&](std::int64_t layer) {
        return layer < 0 || layer >= config_.layers ? Shapes{} : layers_[size(layer)].beyond;
    };
    auto* to = features_.data();
    auto* bias = context_.data();
    for (auto const layer : step.layers) {
        auto& own = layers_[size(layer)];
        own.left = own.energy;
        own.hits_left = own.hits;
        to = add_shower(size(layer), to);
        for (auto other = layer - graph::hits_around; other <= layer + graph::hits_around; ++other)
            *to++ = other >= 0 && other < config_.layers
                        ? logarithm_scale * std::log1p(layers_[size(other)].hits)
                        : 0.0F;
        *to++ = own.hits_beyond;
        to = std::ranges::copy(shapes_of(layer - reach), to).out;
        to = std::ranges::copy(step.group > 0 ? shapes_of(layer + reach) : Shapes{}, to).out;
        for (float const sum : usual_beyond_) *to++ = sum / std::max(weight_beyond_, 1.0F);
        bias = std::copy_n(network_.layer_bias.begin() + layer * config_.context,
                           size(config_.context), bias);
    }
    network_.layer_first(step.layers.size(), features_.data(), base_.data(), false,
                         {.start = context_.data()});
}

void ShowerPasses::find_context(graph::LayerStep const& step)
{
    auto* to = left_.data();
    for (auto const layer : step.layers) {
        auto const& own = layers_[size(layer)];
        float const left = std::max(own.left, 0.0F), hits = std::max(own.hits_left, 0.0F);
        bool const there = own.hits > 0;
        for (float const number :
             {logarithm_scale * log_energy(left), there ? left / own.energy : 0.0F,
              logarithm_scale * std::log1p(hits), there ? hits / own.hits : 0.0F})
            *to++ = number;
    }
    auto const rows = step.layers.size();
    auto* const second = inner_.data() + rows * size(config_.context);
    network_.left_first(rows, left_.data(), inner_.data(), true, {.start = base_.data()});
    network_.context_second(rows, inner_.data(), second, true);
    network_.context(rows, second, context_.data(), false);
}

void ShowerPasses::draw_pass(graph::LayerStep const& step, std::size_t pass)
{
    auto const count = find_hits(step, pass);
    if (count == 0) return;
    draw_energies(step, pass, count);
    put(pass, count);
}

/// Cells of one layer of the step that may be hits, behind `count` others: how many.
std::size_t ShowerPasses::find_possible(graph::LayerStep const& step, std::size_t number,
                                        std::size_t pass, std::size_t count)
{
    auto const layer = size(step.layers[number]);
    auto const& cells = network_.passes[pass];
    auto const& phase = network_.phases[size(step.group) * graph::cell_passes.size() + pass];
    auto const* const context =
        context_.data() + number * size(config_.hidden + graph::odds_numbers);
    auto const first = layer * size(config_.cells()) + cells.first;
    auto const position_step = cells.count + draw_padding;
    auto const reach = static_cast<std::ptrdiff_t>(graph::group_reach[size(step.group)]);
    auto const found = possible_hit_kernels.fastest()(
        {.count = cells.count,
         .odds = network_.odds.data() + first,
         .positions = positions_[pass].data(),
         .position_step = position_step,
         .gains = context + config_.hidden,
         .change = layers_[layer].change,
         .uniform = shower_.uniform + layers_.size() * size(graph::root_uniforms) + first,
         .found = possible_.cell.data() + count,
         .usual = possible_.usual.data() + count});
    std::copy_n(context, size(config_.hidden), context_padded_.begin());
    first_number_kernels.fastest()(
        {.count = found,
         .width = network_.width,
         .context = context_padded_.data(),
         .cells = possible_.cell.data() + count,
         .places = cells.places.data(),
         .positions = positions_[pass].data(),
         .position_step = position_step,
         .gains = network_.gains.data() + layer * size(graph::position_numbers) * network_.width,
         .volume = cells.volume.data(),
         .hits = hit_.data() + network_.volume.at(step.layers[number]),
         .energies = scaled_.data() + network_.volume.at(step.layers[number]),
         .plane = reach * static_cast<std::ptrdiff_t>(network_.volume.plane),
         .row = static_cast<std::ptrdiff_t>(network_.volume.columns),
         .seen = phase.seen,
         .window = phase.window.data(),
         .result = possible_.first.data() + count * network_.width});
    return found;
}

std::size_t ShowerPasses::find_hits(graph::LayerStep const& step, std::size_t pass)
{
    auto const& phase = network_.phases[size(step.group) * graph::cell_passes.size() + pass];
    auto const all = size(config_.cells());
    auto const* const uniforms = shower_.uniform + layers_.size() * size(graph::root_uniforms);
    std::size_t count = 0;
    for (std::size_t i = 0; i < step.layers.size(); ++i) {
        auto const layer = size(step.layers[i]);
        if (layers_[layer].hits == 0) continue;
        auto const found = find_possible(step, i, pass, count);
        for (std::size_t c = count; c < count + found; ++c) {
            auto const drawn = layer * all + network_.passes[pass].first +
                               static_cast<std::size_t>(possible_.cell[c]);
            possible_.layer[c] = static_cast<std::int32_t>(layer);
            possible_.change[c] = layers_[layer].change;
            possible_.uniform[c] = uniforms[drawn];
            possible_.shift[c] = uniforms[drawn + 1 == layers_.size() * all ? 0 : drawn + 1];
        }
        count += found;
    }
    phase.second(count, possible_.first.data(), possible_.second.data(), true);
    return hit_choice_kernels.fastest()({.count = count,
                                         .width = network_.width,
                                         .numbers = possible_.second.data(),
                                         .weights = phase.hit.data(),
                                         .bias = phase.hit_bias,
                                         .usual = possible_.usual.data(),
                                         .change = possible_.change.data(),
                                         .uniform = possible_.uniform.data(),
                                         .shift = possible_.shift.data(),
                                         .found = possible_.found.data(),
                                         .left = possible_.left.data()});
}

void ShowerPasses::put_cell(std::size_t layer, std::size_t ordinal, float energy, float scaled)
{
    auto const place = volume_of(ordinal);
    auto const first = network_.volume.at(static_cast<std::int64_t>(layer));
    auto const set = [&](std::int32_t at) {
        hit_[first + static_cast<std::size_t>(at)] = 1;
        scaled_[first + static_cast<std::size_t>(at)] = scaled;
    };
    set(place);
    for (auto const copy : network_.copies[static_cast<std::size_t>(place)]) set(copy);
    shower_.cells[layer * size(config_.cells()) + size(network_.weights.cells[ordinal])] = energy;
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
        auto const layer = static_cast<std::size_t>(possible_.layer[row]);
        auto const ordinal =
            network_.passes[pass].first + static_cast<std::size_t>(possible_.cell[row]);
        float const energy = energies_.energy[i];
        put_cell(layer, ordinal, energy, logarithm_scale * energies_.logarithms[i]);
        hits_.layer[hits_count_] = static_cast<std::int32_t>(layer);
        hits_.ordinal[hits_count_] = static_cast<std::int32_t>(ordinal);
        hits_.energy[hits_count_] = energy;
        hits_.bright[hits_count_++] = energies_.chosen[i];
        layers_[layer].left -= energy;
        --layers_[layer].hits_left;
    }
}

}  // namespace lowcal::runtime
