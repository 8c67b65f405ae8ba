#include "runtime/kernels/division_kernel.hpp"

#include "core/kernels/lane_math.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

using graph::anchored_components;
using graph::energy_components;
using graph::followed_odds;
using graph::hit_components;
using graph::odds_components;

/// Column `column` of the rows from `row` on, one for each lane.
Floats column_of(float const* numbers, std::size_t width, std::size_t row, std::size_t column)
{
    float values[lanes];
    for (std::size_t i = 0; i < lanes; ++i) values[i] = numbers[(row + i) * width + column];
    return load(values);
}

Floats sigmoid(Floats x)
{
    return 1.0F / (1.0F + exponential(-x));
}

/// Logarithm of the odds of uniform numbers.
Floats logit(Floats uniform)
{
    auto const u =
        smaller(larger(uniform, all(graph::uniform_margin)), all(1.0F - graph::uniform_margin));
    return logarithm_of_normal(u / (1.0F - u));
}

Floats width_of(Floats number, graph::MixtureScale const& scale)
{
    return exponential(smaller(larger(number, all(scale.narrowest)), all(scale.widest)));
}

/// A component, chosen by a uniform number and the weights.
struct Chosen {
    Floats mean, width;
};
template <std::size_t components>
Chosen choose(Floats const (&weights)[components], Floats const (&means)[components],
              Floats const (&widths)[components], Floats uniform)
{
    auto largest = weights[0];
    for (std::size_t i = 1; i < components; ++i) largest = larger(largest, weights[i]);
    Floats shares[components];
    auto total = Floats{};
    for (std::size_t i = 0; i < components; ++i)
        total += shares[i] = exponential(weights[i] - largest);
    Chosen chosen{.mean = means[0], .width = widths[0]};
    auto below = shares[0];
    auto const height = uniform * total;
    for (std::size_t i = 1; i < components; ++i) {
        auto const beyond = height >= below;
        chosen.mean = beyond ? means[i] : chosen.mean;
        chosen.width = beyond ? widths[i] : chosen.width;
        below += shares[i];
    }
    return chosen;
}

template <std::size_t components>
Chosen choose(float const* numbers, std::size_t step, std::size_t row, Floats uniform)
{
    Floats weights[components], means[components], widths[components];
    for (std::size_t i = 0; i < components; ++i) {
        weights[i] = column_of(numbers, step, row, i);
        means[i] = column_of(numbers, step, row, components + i);
        widths[i] = column_of(numbers, step, row, 2 * components + i);
    }
    return choose(weights, means, widths, uniform);
}

Floats followed(float const* numbers, std::size_t step, std::size_t width, float const* odds,
                std::size_t row)
{
    Floats offset{};
    for (std::size_t i = 0; i < followed_odds; ++i)
        offset += column_of(numbers, step, row, width - followed_odds + i) *
                  column_of(odds, followed_odds, row, i);
    return offset;
}

}  // namespace

void draw_roots(RootDraws const& draws)
{
    for (std::size_t row = 0; row < draws.count; row += lanes) {
        auto const chosen = choose<hit_components>(draws.numbers, draws.step, row,
                                                   column_of(draws.uniform, 2, row, 0));
        constexpr auto scale = graph::root_scale;
        auto const logarithm_of_hits =
            chosen.mean * scale.mean + scale.shift +
            width_of(chosen.width, scale) * logit(column_of(draws.uniform, 2, row, 1));
        store(draws.result + row,
              exponential(smaller(larger(logarithm_of_hits, all(graph::least_log_hits)),
                                  all(graph::most_log_hits))));
    }
}

void draw_hits(HitDraws const& draws)
{
    for (std::size_t row = 0; row < draws.count; row += lanes) {
        auto const chosen = choose<hit_components>(draws.numbers, draws.step, row,
                                                   column_of(draws.uniform, 2, row, 0));
        constexpr auto scale = graph::hit_scale;
        auto const odds =
            chosen.mean * scale.mean +
            followed(draws.numbers, draws.step, hit_draw_width, draws.odds, row) +
            width_of(chosen.width, scale) * logit(column_of(draws.uniform, 2, row, 1));
        auto const hits = load(draws.hits + row);
        auto const drawn = to_floats(to_integers(sigmoid(odds) * (hits + 1.0F)));
        auto const least = larger(hits - load(draws.cells_of_second + row), Floats{});
        auto const most = smaller(hits, load(draws.cells_of_first + row));
        store(draws.result + row, smaller(larger(drawn, least), most));
    }
}

void draw_energies(EnergyDraws const& draws)
{
    constexpr auto scale = graph::energy_scale;
    float const small = graph::excess_offset * draws.least;
    for (std::size_t row = 0; row < draws.count; row += lanes) {
        auto const first = load(draws.first + row), second = load(draws.second + row);
        auto const excess =
            larger(load(draws.energy + row) - (first + second) * draws.least, Floats{});
        auto const number = [&](std::size_t i) {
            return column_of(draws.numbers, draws.step, row, i);
        };
        // Components of the odds have means around 0; of those at energies the place is kept, with
        // the sign of the child that it is of, beyond what any mean is.
        Floats weights[energy_components], means[energy_components], widths[energy_components];
        Floats places[energy_components];
        for (std::size_t i = 0; i < energy_components; ++i) {
            weights[i] = number(i);
            means[i] = number(energy_components + i);
            widths[i] = number(2 * energy_components + i);
            places[i] = Floats{};
            if (i < odds_components) continue;
            auto const which = (i - odds_components) % anchored_components;
            bool const of_first = i < odds_components + anchored_components;
            auto const place = larger(
                exponential(draws.anchors[which] + graph::anchor_step * means[i]), all(0x1p-126F));
            auto const possible = ((of_first ? first : second) == 1.0F) & (place < excess);
            weights[i] = possible ? weights[i] : all(graph::impossible);
            places[i] = possible ? (of_first ? place : -place) : all(0.5F);
        }
        auto const uniform = column_of(draws.uniform, 2, row, 0);
        auto const by_odds = choose(weights, means, widths, uniform);
        auto const by_place = choose(weights, places, widths, uniform).mean;
        auto const offset = followed(draws.numbers, draws.step, energy_draw_width, draws.odds, row);
        auto const place = magnitude(by_place);
        auto const anchored = place > 0.0F;
        auto const inside = anchored ? place : 0.5F * excess;
        auto const at_place = logarithm(inside + small) - logarithm(excess - inside + small);
        auto const mean = anchored ? (by_place > 0.0F ? at_place : -at_place)
                                   : by_odds.mean * scale.mean + offset;
        auto const odds =
            mean + width_of(by_odds.width, scale) * logit(column_of(draws.uniform, 2, row, 1));
        store(draws.result + row, first * draws.least + sigmoid(odds) * excess);
    }
}

void take_logarithms(Logarithms const& logarithms)
{
    for (std::size_t i = 0; i < logarithms.count; i += lanes)
        store(logarithms.result + i,
              logarithm(load(logarithms.x + i) / logarithms.unit + logarithms.offset));
}

void round_own(OwnLevels const& own)
{
    for (std::size_t row = 0; row < own.rows; ++row)
        for (std::size_t i = 0; i < own.columns; i += lanes) {
            // Of NaN, and whatever is further away than this, the lowest or highest level.
            auto const steps =
                smaller(larger(all(-512.0F),
                               load(own.numbers + row * own.columns + i) * load(own.inverse + i)),
                        all(512.0F));
            auto const level = rounded(steps) + load(own.zero + i);
            store_bytes(own.levels + row * own.levels_step + i,
                        to_integers(smaller(larger(level, Floats{}), all(255.0F))));
        }
}

void add_rows(RowSums const& sums)
{
    auto* result = sums.result;
    for (std::size_t row = 0; row < sums.rows; ++row, result += sums.columns) {
        auto const *first = sums.first[row], *second = sums.second[row];
        std::size_t i = 0;
        for (; i + lanes <= sums.columns; i += lanes)
            store(result + i, load(first + i) + load(second + i));
        for (; i < sums.columns; ++i) result[i] = first[i] + second[i];
    }
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
