#include "data/reading/cell_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace lowcal::data {
namespace {

std::string_view describe(float value)
{
    if (std::isnan(value)) return "a NaN";
    return std::isinf(value) ? "an infinite" : "a negative";
}

constexpr std::size_t lanes = 16;  ///< sums that a pass keeps beside each other
constexpr float largest = std::numeric_limits<float>::max();

float lowest_cell(NegativeCells negative)
{
    return negative == NegativeCells::error ? 0.0F : -largest;
}

/// One pass without branches, so that it runs at the speed of memory.
struct Pass {
    float smallest;
    float lowest;  ///< that is no error
    float cut;     ///< negative cells from `lowest` to less than this are set to zero
    std::array<float, lanes> sums{};
    std::array<float, lanes> negative_sums{};
    unsigned zeroed = 0;
    unsigned negative = 0;
    unsigned bad = 0;

    void operator()(float& cell, std::size_t lane)
    {
        bool const quiet = cell >= 0.0F && cell < smallest;
        bool const below = cell < 0.0F && cell >= lowest;
        bad += !(cell >= lowest && cell <= largest);
        zeroed += quiet && cell > 0.0F;
        negative += below;
        negative_sums[lane] += below ? cell : 0.0F;
        cell = quiet || (below && cell < cut) ? 0.0F : cell;
        sums[lane] += cell;
    }
};

double total(std::array<float, lanes> const& sums)
{
    double sum = 0;
    for (float const one : sums) sum += static_cast<double>(one);
    return sum;
}

}  // namespace

CellCheck check_cells(std::span<float> cells, CellRules const& rules)
{
    Pass pass{.smallest = rules.smallest,
              .lowest = lowest_cell(rules.negative),
              .cut = rules.negative == NegativeCells::zero ? 0.0F : -largest};
    std::size_t const whole = cells.size() / lanes * lanes;
    for (std::size_t first = 0; first < whole; first += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) pass(cells[first + lane], lane);
    for (std::size_t i = whole; i < cells.size(); ++i) pass(cells[i], i - whole);
    return {.zeroed = pass.zeroed,
            .negative = pass.negative,
            .negative_sum = total(pass.negative_sums),
            .sum = total(pass.sums),
            .good = pass.bad == 0};
}

void zero_quiet_cells(std::span<float> cells, float smallest)
{
    for (float& cell : cells) cell = cell >= 0.0F && cell < smallest ? 0.0F : cell;
}

std::size_t find_bad_cell(std::span<float const> cells, NegativeCells negative)
{
    float const lowest = lowest_cell(negative);
    auto const bad = std::find_if(cells.begin(), cells.end(), [lowest](float cell) {
        return !(cell >= lowest && cell <= largest);
    });
    return static_cast<std::size_t>(bad - cells.begin());
}

std::string describe_bad_cell(std::span<float const> cells, std::size_t place,
                              Detector const& detector)
{
    assert(place < cells.size());
    auto const [a, b, c] = place_of(detector, place);
    return fmt::format("{} cell at [{}][{}][{}]", describe(cells[place]), a, b, c);
}

}  // namespace lowcal::data
