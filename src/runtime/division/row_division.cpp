#include "runtime/division/row_division.hpp"

#include "runtime/division/block_logarithms.hpp"
#include "runtime/division/block_windows.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

using graph::followed_odds;

/// Where numbers that need logarithms stand among a block's own.
constexpr std::size_t own_at = graph::odds_features;
constexpr std::size_t hit_energy_at = own_at + 2;
constexpr std::size_t distances_at = own_at + 8;

/// What two energies, or hits, that a level keeps are apart.
template <class Number>
float difference(Number first, Number second, float scale)
{
    if constexpr (std::is_same_v<Number, float>)
        return first - second;
    else
        return scale * static_cast<float>(first - second);
}

/// Random numbers of a block.
float const* uniform_of(DividedBatch const& batch, std::int64_t first_uniform, Block const& block,
                        std::int64_t number)
{
    return batch.uniform + size(block.shower) * batch.uniform_step +
           size(first_uniform + graph::block_uniforms * number);
}

/// The largest row of any pass.
template <class Number>
DivisionSteps largest(PackedNetwork<Number> const& network)
{
    DivisionSteps most{};
    for (auto const& stage : network.stages)
        for (auto const& division : stage.divisions)
            for (auto const member :
                 {&DivisionSteps::features, &DivisionSteps::trunk, &DivisionSteps::inner,
                  &DivisionSteps::hits, &DivisionSteps::energy})
                most.*member = std::max(most.*member, division.steps().*member);
    return most;
}

}  // namespace

template <class Number>
RowDivision<Number>::RowDivision(PackedNetwork<Number> const& network)
    : network_(network), config_(network.config)
{
    auto const steps = largest(network);
    auto const rows = most_rows + draw_padding;
    rows_.features.resize(rows * steps.features + read_beyond);
    rows_.scratch.resize(rows * steps.trunk);
    rows_.trunk.resize(rows * steps.trunk);
    rows_.own.resize(rows * own_step, 0.0F);
    rows_.start.resize(rows * std::max(steps.trunk, steps.inner));
    rows_.numbers.resize(rows * std::max(steps.hits, steps.energy));
    for (auto* odds : {&rows_.hit_odds, &rows_.energy_odds, &both_.odds})
        odds->resize(rows * size(followed_odds));
    for (auto* uniform : {&rows_.uniform, &rows_.energy_uniform, &both_.uniform})
        uniform->resize(rows * size(graph::root_uniforms));
    for (auto* numbers : {&rows_.hits, &rows_.energy, &rows_.cells_of_first, &rows_.cells_of_second,
                          &rows_.drawn, &both_.energy, &both_.first, &both_.second, &both_.drawn})
        numbers->resize(rows);
    for (auto* starts : {&rows_.shared, &rows_.places}) starts->resize(rows);
    for (auto* three : {&rows_.arguments, &rows_.logarithms})
        for (auto& numbers : *three) numbers.resize(rows);
    both_.rows.reserve(most_rows);
    both_.trunk.resize(rows * steps.trunk);
    both_.inner.resize(rows * steps.inner);
    both_.division.resize(rows * size(graph::division_features));
}

template <class Number>
std::size_t RowDivision<Number>::bytes(graph::SplitNetworkConfig const& config)
{
    constexpr std::int64_t others = 64;
    return (most_rows + draw_padding) * sizeof(float) *
           size(config.features(1) + 4 * std::max(config.trunk, config.single) + 2 * config.energy +
                graph::energy_numbers + others);
}

template <class Number>
template <bool by_rows, bool second>
std::array<float, 5> RowDivision<Number>::gather_windows(Pass const& pass, Block const& block,
                                                         Number* to) const
{
    auto const& stage = config_.tree.stages[pass.stage];
    auto const& children = *pass.children;
    auto const& scales = network_.blocks[pass.stage + 1];
    constexpr auto width = static_cast<std::size_t>(2 * graph::neighbours + 1);
    to = copy_window<width, width>(
        pass.parents->at(block.shower, pass.layer, block.row - graph::neighbours,
                         block.column - graph::neighbours),
        pass.parents->row_step(), to);
    constexpr std::size_t rows = by_rows ? 6 : 3, columns = by_rows ? 3 : 6;
    auto const row = stage.child_row(block.row) - (by_rows ? 2 : 1);
    auto const column = stage.child_column(block.column) - (by_rows ? 1 : 2);
    auto const step = children.row_step();
    // The block's own two children in the window.
    constexpr std::size_t one = by_rows ? 7 : 8, other = by_rows ? 10 : 9;
    std::array<float, 5> odds{};
    for (std::int64_t back = 1; back < graph::layers_before; ++back) {
        auto const* const seen = to;
        to = copy_window<rows, columns>(children.at(block.shower, pass.layer - back, row, column),
                                        step, to);
        auto const at = size(2 * (back - 1));
        odds[at] = difference(seen[2 * one], seen[2 * other], scales.energy);
        odds[at + 1] = difference(seen[2 * one + 1], seen[2 * other + 1], scales.hits);
    }
    auto const* const seen = to;
    to = copy_energies<rows, columns>(
        children.at(block.shower, pass.layer - graph::layers_before, row, column), step, to);
    odds.back() = difference(seen[one], seen[other], scales.energy);
    if constexpr (second)
        copy_window<rows, columns>(children.at(block.shower, pass.layer, row, column), step, to);
    return odds;
}

template <class Number>
void RowDivision<Number>::gather_own(Pass const& pass, Block const& block, std::size_t row,
                                     std::array<float, 5> const& odds)
{
    auto const& stage = config_.tree.stages[pass.stage];
    auto const& numbers = network_.stages[pass.stage];
    auto const number = block.row * stage.parents.columns + block.column;
    auto const [usual_energy, usual_hits] =
        numbers.usual[size(pass.layer * stage.parents.count() + number)];
    auto const& place = numbers.places[size(number)];
    auto* to = rows_.own.data() + row * own_step;
    *to++ = usual_energy / graph::usual_unit;
    *to++ = usual_hits / graph::usual_unit;
    to = std::ranges::copy(odds, to).out;
    *to++ = usual_energy - usual_hits;
    std::ranges::copy(std::array{usual_hits, odds[1], odds[0]},
                      rows_.hit_odds.data() + row * size(followed_odds));
    std::ranges::copy(std::array{usual_energy, odds[0], odds[2]},
                      rows_.energy_odds.data() + row * size(followed_odds));

    *to++ = block.log_energy;
    *to++ = block.log_hits;
    ++to;  // the energy of a hit
    for (float const few : {1.0F, 2.0F, 3.0F}) *to++ = block.hits == few ? 1.0F : 0.0F;
    auto const* const entry = pass.batch.entry + 2 * size(block.shower);
    std::array<float, 4> distance{};
    for (std::size_t i = 0; i < distance.size(); ++i) distance[i] = place.centres[i] - entry[i % 2];
    for (std::size_t i = 0; i < 2; ++i)
        *to++ = graph::distance_unit * 0.5F * (distance[i] + distance[i + 2]);
    to += 2;  // logarithms of distances
    *to++ = block.log_energy -
            pass.log_layers[size(block.shower) * size(config_.layers) + size(pass.layer)];
    rows_.arguments[0][row] = block.energy / block.hits;
    for (std::size_t i = 0; i < 2; ++i)
        rows_.arguments[1 + i][row] =
            distance[2 * i] * distance[2 * i] + distance[2 * i + 1] * distance[2 * i + 1];

    auto const* const uniform = uniform_of(pass.batch, pass.first_uniform, block, number);
    std::copy_n(uniform, 2, rows_.uniform.data() + 2 * row);
    std::copy_n(uniform + 2, 2, rows_.energy_uniform.data() + 2 * row);
    rows_.hits[row] = block.hits;
    rows_.energy[row] = block.energy;
    rows_.cells_of_first[row] = place.cells[0];
    rows_.cells_of_second[row] = place.cells[1];
    auto const& division = numbers.divisions[pass.division];
    rows_.shared[row] = pass.shared + size(block.shower) * division.trunk();
    rows_.places[row] = division.place(number);
}

template <class Number>
void RowDivision<Number>::fetch_uniform(Pass const& pass, Block const& block) const
{
    auto const number = block.row * config_.tree.stages[pass.stage].parents.columns + block.column;
    __builtin_prefetch(uniform_of(pass.batch, pass.first_uniform, block, number));
}

template <class Number>
void RowDivision<Number>::fetch_place(Pass const& pass, Block const& block) const
{
    constexpr std::size_t line = 64 / sizeof(float);
    auto const number = block.row * config_.tree.stages[pass.stage].parents.columns + block.column;
    auto const& division = network_.stages[pass.stage].divisions[pass.division];
    for (std::size_t i = 0; i < division.trunk(); i += line)
        __builtin_prefetch(division.place(number) + i);
}

template <class Number>
template <bool by_rows, bool second>
void RowDivision<Number>::gather_each(Pass const& pass, std::span<Block const> blocks)
{
    auto const step = network_.stages[pass.stage].divisions[pass.division].steps().features;
    for (std::size_t row = 0; row < blocks.size(); ++row) {
        auto* const features = rows_.features.data() + row * step;
        gather_own(pass, blocks[row], row,
                   gather_windows<by_rows, second>(pass, blocks[row], features));
    }
}

template <class Number>
void RowDivision<Number>::gather(Pass const& pass, std::span<Block const> blocks)
{
    bool const second = pass.pass == 1;
    if (config_.tree.stages[pass.stage].by_rows())
        second ? gather_each<true, true>(pass, blocks) : gather_each<true, false>(pass, blocks);
    else
        second ? gather_each<false, true>(pass, blocks) : gather_each<false, false>(pass, blocks);
    row_sum_kernels.fastest()(
        {.rows = blocks.size(),
         .columns = network_.stages[pass.stage].divisions[pass.division].trunk(),
         .first = rows_.shared.data(),
         .second = rows_.places.data(),
         .result = rows_.start.data()});
}

template <class Number>
void RowDivision<Number>::complete_own(PackedDivision<Number> const& division, std::size_t count)
{
    auto& logarithms = rows_.logarithms;
    take_logarithms(rows_.arguments[0], count, config_.unit, graph::least_hit, logarithms[0]);
    take_logarithms(rows_.arguments[1], count, 1, graph::nearest, logarithms[1]);
    take_logarithms(rows_.arguments[2], count, 1, graph::nearest, logarithms[2]);
    auto* own = rows_.own.data();
    for (std::size_t row = 0; row < count; ++row, own += own_step) {
        own[hit_energy_at] = logarithms[0][row];
        own[distances_at] = 0.5F * logarithms[1][row];
        own[distances_at + 1] = 0.5F * logarithms[2][row];
    }
    division.add_own(count, rows_.own.data(), rows_.features.data());
}

template <class Number>
void RowDivision<Number>::operator()(Pass const& pass, std::span<Block const> blocks,
                                     float* first_hits, float* first_energy)
{
    auto const& division = network_.stages[pass.stage].divisions[pass.division];
    auto const count = blocks.size();
    gather(pass, blocks);
    complete_own(division, count);
    division.make_trunk(count, rows_.features.data(), rows_.start.data(), rows_.scratch.data(),
                        rows_.trunk.data());
    division.make_hits(count, rows_.trunk.data(), rows_.numbers.data());
    hit_draw_kernels.fastest()({.count = count,
                                .numbers = rows_.numbers.data(),
                                .step = division.steps().hits,
                                .odds = rows_.hit_odds.data(),
                                .uniform = rows_.uniform.data(),
                                .hits = rows_.hits.data(),
                                .cells_of_first = rows_.cells_of_first.data(),
                                .cells_of_second = rows_.cells_of_second.data(),
                                .result = rows_.drawn.data()});
    both_.rows.clear();
    for (std::size_t row = 0; row < count; ++row) {
        float const hits = rows_.drawn[row];
        first_hits[row] = hits;
        first_energy[row] = hits == 0 ? 0 : rows_.energy[row];
        if (hits > 0 && hits < rows_.hits[row]) both_.rows.push_back(row);
    }
    if (!both_.rows.empty()) divide_energies(division, first_energy);
}

template <class Number>
void RowDivision<Number>::divide_energies(PackedDivision<Number> const& division,
                                          float* first_energy)
{
    auto const trunk = division.steps().trunk;
    auto const count = both_.rows.size();
    auto& hit_arguments = rows_.arguments;
    auto& logarithms = rows_.logarithms;
    for (std::size_t i = 0; i < count; ++i) {
        auto const row = both_.rows[i];
        std::copy_n(rows_.trunk.data() + row * trunk, trunk, both_.trunk.data() + i * trunk);
        std::copy_n(rows_.energy_odds.data() + row * size(followed_odds), followed_odds,
                    both_.odds.data() + i * size(followed_odds));
        std::copy_n(rows_.energy_uniform.data() + row * 2, 2, both_.uniform.data() + i * 2);
        both_.energy[i] = rows_.energy[row];
        both_.first[i] = rows_.drawn[row];
        both_.second[i] = rows_.hits[row] - rows_.drawn[row];
        hit_arguments[2][i] = (both_.first[i] + 0.5F) / (both_.second[i] + 0.5F);
    }
    take_logarithms(both_.first, count, 1, 1, logarithms[0]);
    take_logarithms(both_.second, count, 1, 1, logarithms[1]);
    take_logarithms(hit_arguments[2], count, 1, 0, logarithms[2]);
    auto* to = both_.division.data();
    for (std::size_t i = 0; i < count; ++i) {
        for (auto const& of_all : logarithms) *to++ = of_all[i];
        *to++ = both_.first[i] == 1 ? 1.0F : 0.0F;
        *to++ = both_.second[i] == 1 ? 1.0F : 0.0F;
        *to++ = both_.first[i] == both_.second[i] ? 1.0F : 0.0F;
    }
    division.make_energies(count, both_.trunk.data(), both_.division.data(), rows_.start.data(),
                           both_.inner.data(), rows_.numbers.data());
    energy_draw_kernels.fastest()({.count = count,
                                   .numbers = rows_.numbers.data(),
                                   .step = division.steps().energy,
                                   .odds = both_.odds.data(),
                                   .uniform = both_.uniform.data(),
                                   .energy = both_.energy.data(),
                                   .first = both_.first.data(),
                                   .second = both_.second.data(),
                                   .anchors = network_.anchors.data(),
                                   .least = config_.least,
                                   .result = both_.drawn.data()});
    for (std::size_t i = 0; i < count; ++i) first_energy[both_.rows[i]] = both_.drawn[i];
}

template class RowDivision<float>;
template class RowDivision<std::uint8_t>;

}  // namespace lowcal::runtime
