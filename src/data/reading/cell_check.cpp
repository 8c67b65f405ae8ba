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

/// One pass without branches, so that it runs at the speed of memory.
struct Pass {
    float smallest;
    std::array<float, lanes> sums{};
    unsigned zeroed = 0;
    unsigned bad = 0;

    void operator()(float& cell, std::size_t lane)
    {
        bool const quiet = cell >= 0.0F && cell < smallest;
        bad += !(cell >= 0.0F && cell <= std::numeric_limits<float>::max());
        zeroed += quiet && cell > 0.0F;
        cell = quiet ? 0.0F : cell;
        sums[lane] += cell;
    }
};

}  // namespace

CellCheck check_cells(std::span<float> cells, float smallest)
{
    Pass pass{.smallest = smallest};
    std::size_t const whole = cells.size() / lanes * lanes;
    for (std::size_t first = 0; first < whole; first += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) pass(cells[first + lane], lane);
    for (std::size_t i = whole; i < cells.size(); ++i) pass(cells[i], i - whole);
    CellCheck check{pass.zeroed, 0.0, pass.bad == 0};
    for (float const sum : pass.sums) check.sum += static_cast<double>(sum);
    return check;
}

void zero_quiet_cells(std::span<float> cells, float smallest)
{
    for (float& cell : cells) cell = cell >= 0.0F && cell < smallest ? 0.0F : cell;
}

std::string describe_bad_cell(std::span<float const> cells, Detector const& detector)
{
    auto const bad = std::find_if(cells.begin(), cells.end(), [](float cell) {
        return !(cell >= 0.0F && std::isfinite(cell));
    });
    assert(bad != cells.end());
    auto const [a, b, c] = place_of(detector, static_cast<std::size_t>(bad - cells.begin()));
    return fmt::format("{} cell at [{}][{}][{}]", describe(*bad), a, b, c);
}

}  // namespace lowcal::data
