#pragma once

#include "core/detector/detector.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lowcal::data {

/// What becomes of cells that hold less than the detector's smallest energy.
enum class QuietCells {
    zeroed,  ///< set to zero, and counted
    kept
};

/// What becomes of cells below zero, which the noise of a detector makes.
enum class NegativeCells {
    error,  ///< they make their shower a bad one
    zero,   ///< set to zero, and counted
    keep    ///< kept as they are, and counted
};
inline constexpr std::array all_negative_cells{NegativeCells::error, NegativeCells::zero,
                                               NegativeCells::keep};

constexpr std::string_view name_of(NegativeCells negative)
{
    constexpr std::array<std::string_view, all_negative_cells.size()> names{"error", "zero",
                                                                            "keep"};
    return names[static_cast<std::size_t>(negative)];
}

constexpr std::optional<NegativeCells> find_negative_cells(std::string_view name)
{
    for (auto const one : all_negative_cells)
        if (name_of(one) == name) return one;
    return std::nullopt;
}

/// What is done with the cells of a shower, in their own unit.
struct CellRules {
    float smallest = 0;  ///< what is above zero and less than this is set to zero
    NegativeCells negative = NegativeCells::error;
};

/// What a look at one shower's cells found.
struct CellCheck {
    std::size_t zeroed = 0;    ///< cells under the smallest energy that were set to zero
    std::size_t negative = 0;  ///< cells below zero that were set to zero, or kept
    double negative_sum = 0;   ///< of these, before; their unit
    double sum = 0;            ///< of all, after that
    bool good = true;          ///< every cell is one that the rules admit
};

/// Checks the cells of one shower and does with them what the rules say. Bad cells (NaN, infinite,
/// and negative ones where these are an error) stay as they are.
CellCheck check_cells(std::span<float> cells, CellRules const& rules);

/// Sets to zero what is above zero and less than `smallest`, as check_cells does.
void zero_quiet_cells(std::span<float> cells, float smallest);

/// The first bad cell of a shower that is not good; as many as there are cells where all are good.
std::size_t find_bad_cell(std::span<float const> cells, NegativeCells negative);

/// "a NaN cell at [3][0][24]".
std::string describe_bad_cell(std::span<float const> cells, std::size_t place,
                              Detector const& detector);

}  // namespace lowcal::data
