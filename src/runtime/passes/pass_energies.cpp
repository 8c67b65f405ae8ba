// Energies of the hits of one pass.

#include "runtime/division/block_levels.hpp"
#include "runtime/kernels/division_kernel.hpp"
#include "runtime/passes/shower_passes.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {

using graph::followed_cells;
using graph::logarithm_scale;

/// What energies begin from: hidden numbers, and what they may follow.
void ShowerPasses::gather(graph::LayerStep const& step, std::size_t pass, std::size_t count)
{
    auto const reach = graph::group_reach[size(step.group)];
    auto const other = step.group > 0 ? reach : -2 * reach;
    float const log_unit = std::log(config_.unit);
    auto* features = energies_.features.data();
    auto* followed = energies_.followed.data();
    auto const all = size(config_.cells());
    for (std::size_t i = 0; i < count; ++i) {
        auto const row = static_cast<std::size_t>(possible_.found[i]);
        auto const& own = layers_[static_cast<std::size_t>(possible_.layer[row])];
        auto const cell = static_cast<std::size_t>(possible_.cell[row]);
        auto const place = static_cast<std::size_t>(network_.passes[pass].volume[cell]);
        float const usual =
            own.log_left +
            network_.log_shares[size(own.layer) * all + network_.passes[pass].first + cell];
        auto const near = [&](std::int64_t by) {
            auto const* const there = layer_at(own, own.layer + by);
            if (there == nullptr || !(there->energy > 0)) return usual;
            return scaled_[there->plane + place] / logarithm_scale + log_unit + own.log_energy -
                   there->log_energy;
        };
        float const before = near(-reach), behind = near(other);
        auto const difference = [](float one, float two) {
            return std::clamp(one - two, -graph::most_difference, graph::most_difference);
        };
        features = std::copy_n(possible_.second.data() + row * network_.width, size(config_.hidden),
                               features);
        float const first = difference(before, usual), second = difference(behind, before);
        for (float const number :
             {logarithm_scale * usual, logarithm_scale * before, logarithm_scale * behind, first,
              difference(behind, usual), second, first * first / graph::most_difference,
              second * second / graph::most_difference})
            *features++ = number;
        for (float const number : {usual, before, behind}) *followed++ = number;
    }
}

void ShowerPasses::draw_energies(graph::LayerStep const& step, std::size_t pass, std::size_t count)
{
    gather(step, pass, count);
    auto const& phase = network_.phase(step.group, pass);
    auto const& classes = network_.classes[size(step.group)];
    auto& e = energies_;
    phase.energy(count, e.features.data(), e.inner.data(), true);
    classes.groups(count, e.inner.data(), e.numbers.data(), false);
    auto const groups = size(config_.class_groups());
    class_choice_kernels.fastest()({.count = count,
                                    .classes = groups + 1,
                                    .numbers = e.numbers.data(),
                                    .step = groups + 1,
                                    .uniform = possible_.left.data(),
                                    .chosen = e.chosen.data(),
                                    .within = e.within.data()});
    draw_faint(step.group, count);
    draw_bright(step, pass, count);
}

void ShowerPasses::draw_faint(std::int64_t group, std::size_t count)
{
    auto& e = energies_;
    auto const inputs = size(config_.energy);
    auto const bright = static_cast<std::int32_t>(config_.class_groups());
    std::size_t faint = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (e.chosen[i] == bright) continue;
        std::copy_n(e.inner.data() + i * inputs, inputs, e.source.data() + faint * inputs);
        e.uniform[faint] = e.within[i];
        e.groups[faint] = e.chosen[i];
        e.rows[faint++] = static_cast<std::int32_t>(i);
    }
    auto const& classes = network_.classes[size(group)];
    constexpr auto together = static_cast<std::size_t>(graph::group_classes);
    group_number_kernels.fastest()({.count = faint,
                                    .inputs = inputs,
                                    .source = e.source.data(),
                                    .groups = e.groups.data(),
                                    .weights = classes.weights.data(),
                                    .bias = classes.bias.data(),
                                    .result = e.numbers.data()});
    class_choice_kernels.fastest()({.count = faint,
                                    .classes = together,
                                    .numbers = e.numbers.data(),
                                    .step = together,
                                    .uniform = e.uniform.data(),
                                    .chosen = e.classes.data(),
                                    .within = e.uniform.data()});
    for (std::size_t i = 0; i < faint; ++i) {
        auto const chosen = static_cast<std::size_t>(e.groups[i]) * together +
                            static_cast<std::size_t>(e.classes[i]);
        e.arguments[i] =
            network_.log_edges[chosen] + e.uniform[i] * network_.weights.log_widths[chosen];
        e.classes[i] = static_cast<std::int32_t>(chosen);
    }
    exponential_kernels.fastest()(e.arguments.data(), e.logarithms.data(), faint);
    for (std::size_t i = 0; i < faint; ++i) {
        auto const row = static_cast<std::size_t>(e.rows[i]);
        auto const* const edges =
            network_.weights.edges.data() + static_cast<std::size_t>(e.classes[i]);
        e.energy[row] = std::clamp(e.logarithms[i], std::nextafter(edges[0], INFINITY), edges[1]);
    }
}

/// The bright ones among so many hits: what is theirs, and what the cells around have.
std::size_t ShowerPasses::gather_bright(graph::LayerStep const& step, std::size_t pass,
                                        std::size_t count)
{
    auto& e = energies_;
    constexpr auto cells = static_cast<std::size_t>(graph::window_cells);
    auto const inputs = size(config_.energy_inputs());
    auto const reach = static_cast<std::ptrdiff_t>(graph::group_reach[size(step.group)]);
    auto const plane = static_cast<std::ptrdiff_t>(network_.volume.plane);
    auto const row_step = static_cast<std::ptrdiff_t>(network_.volume.columns);
    std::array<std::ptrdiff_t, cells / 3> offsets;
    for (std::size_t w = 0; w < offsets.size(); ++w)
        offsets[w] = (static_cast<std::ptrdiff_t>(w) / 3 - 1) * row_step +
                     static_cast<std::ptrdiff_t>(w) % 3 - 1;
    auto const bright = static_cast<std::int32_t>(config_.class_groups());
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (e.chosen[i] != bright) {
            e.chosen[i] = -1;
            continue;
        }
        auto const row = static_cast<std::size_t>(possible_.found[i]);
        auto const& own = layers_[static_cast<std::size_t>(possible_.layer[row])];
        auto const place =
            network_.passes[pass].volume[static_cast<std::size_t>(possible_.cell[row])];
        auto* arguments = e.arguments.data() + found * cells;
        auto* excess = e.excess.data() + found * cells;
        for (std::int64_t by = -reach; by <= reach; by += reach) {
            auto const* const there = layer_at(own, own.layer + by);
            float const energy = there == nullptr ? 0.0F : there->energy;
            auto const* const shares =
                network_.shares.data() + network_.volume.at(own.layer + by) + place;
            auto const* const scaled = scaled_.data() + own.plane + by * plane + place;
            for (auto const offset : offsets) {
                *arguments++ = energy * shares[offset];
                *excess++ = scaled[offset];
            }
        }
        std::copy_n(e.features.data() + i * inputs, inputs,
                    e.source.data() + found * (inputs + cells));
        e.uniform[found] = e.within[i];
        e.most[found] = own.energy;
        std::copy_n(e.followed.data() + i * size(followed_cells), size(followed_cells),
                    e.followed.data() + found * size(followed_cells));
        e.chosen[i] = static_cast<std::int32_t>(bright_count_ + found);
        e.rows[found++] = static_cast<std::int32_t>(i);
    }
    return found;
}

/// log((E + u) / (usual + u)) of cells around that are there.
void ShowerPasses::find_excess(PackedPasses::Phase const& phase, std::size_t count)
{
    auto& e = energies_;
    constexpr auto cells = static_cast<std::size_t>(graph::window_cells);
    auto const inputs = size(config_.energy_inputs());
    scaled_logarithm_kernels.fastest()({.count = count * cells,
                                        .x = e.arguments.data(),
                                        .unit = config_.unit,
                                        .offset = 1.0F,
                                        .result = e.logarithms_of_windows.data()});
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t w = 0; w < cells; ++w) {
            auto const at = i * cells + w;
            float const excess =
                (phase.seen >> w & 1U) != 0
                    ? graph::excess_scale *
                          std::clamp(e.excess[at] / logarithm_scale - e.logarithms_of_windows[at],
                                     -graph::most_excess, graph::most_excess)
                    : 0.0F;
            e.excess[at] = excess;
            e.source[i * (inputs + cells) + inputs + w] = excess;
        }
}

/// What the places of bright hits add to them.
void ShowerPasses::find_places(graph::LayerStep const& step, std::size_t pass, std::size_t count)
{
    auto& e = energies_;
    constexpr auto cells = static_cast<std::size_t>(graph::window_cells);
    constexpr auto numbers = static_cast<std::size_t>(graph::bright_place_numbers);
    auto const reach = graph::group_reach[size(step.group)];
    auto const behind = step.group > 0 ? reach : -2 * reach;
    auto const* const of_group =
        network_.weights.bright_places.data() + size(step.group * config_.cells()) * numbers;
    for (std::size_t i = 0; i < count; ++i) {
        auto const row =
            static_cast<std::size_t>(possible_.found[static_cast<std::size_t>(e.rows[i])]);
        auto const& own = layers_[static_cast<std::size_t>(possible_.layer[row])];
        auto const ordinal =
            network_.passes[pass].first + static_cast<std::size_t>(possible_.cell[row]);
        auto const* gain = of_group + size(network_.weights.cells[ordinal]) * numbers;
        float offset = 0;
        for (std::size_t w = 0; w < cells; ++w) offset += gain[w] * e.excess[i * cells + w];
        gain += cells;
        auto const* const followed = e.followed.data() + i * size(followed_cells);
        auto const kept = [](float number) {
            return std::clamp(number, -graph::most_difference, graph::most_difference);
        };
        for (std::size_t f = 1; f < size(followed_cells); ++f)
            offset += *gain++ * kept(followed[f] - followed[0]);
        for (auto const by : {-reach, behind}) {
            auto const* const there = layer_at(own, own.layer + by);
            offset += *gain++ * (there == nullptr || !(there->energy > 0)
                                     ? 0.0F
                                     : kept(own.log_energy - there->log_energy));
        }
        e.offset[i] = offset + gain[0];
        e.wider[i] = gain[1];
    }
}

void ShowerPasses::draw_bright(graph::LayerStep const& step, std::size_t pass, std::size_t count)
{
    auto& e = energies_;
    auto const& phase = network_.phase(step.group, pass);
    auto const found = gather_bright(step, pass, count);
    if (found == 0) return;
    find_excess(phase, found);
    find_places(step, pass, found);
    phase.bright_first(found, e.source.data(), e.first.data(), true);
    phase.bright_second(found, e.first.data(), e.second.data(), true);
    phase.bright(found, e.second.data(), e.numbers.data(), false);
    float const edge = network_.weights.edges.back();
    bright_draw_kernels.fastest()({.count = found,
                                   .numbers = e.numbers.data(),
                                   .followed = e.followed.data(),
                                   .excess = e.excess.data(),
                                   .window = phase.bright_window.data(),
                                   .offset = e.offset.data(),
                                   .wider = e.wider.data(),
                                   .uniform = e.uniform.data(),
                                   .most = e.most.data(),
                                   .edge = edge,
                                   .least = std::nextafter(edge, INFINITY),
                                   .result = bright_.at(bright_count_)});
    for (std::size_t i = 0; i < found; ++i)
        e.energy[static_cast<std::size_t>(e.rows[i])] = bright_.energy[bright_count_ + i];
    bright_count_ += found;
}

}  // namespace lowcal::runtime
