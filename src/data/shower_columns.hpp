#pragma once

#include "data/showers.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace lowcal::data {

/// Which numbers beside cells and primary energies a reader hands out.
enum class Columns {
    describing,  ///< those that describe a shower: PDG code, direction, entry point, time
    all          ///< every data set that has a row of numbers for each shower
};

/// A data set of a shower file whose numbers have a place of their own in a ShowerBlock.
struct KnownColumn {
    std::string_view name;
    std::vector<float> ShowerBlock::*values;
    std::size_t width;  ///< numbers of a shower; 0: as many as the file has
    std::string_view unit;
    bool always_read;  ///< also where only what describes the showers is asked for
};

/// In the order in which they are written. Of the CLIC layout, `pdg` is column 0 of `target`.
inline constexpr std::array<KnownColumn, 6> known_columns{
    {{"latent", &ShowerBlock::latent, 0, "1", false},
     {"cpu_seconds", &ShowerBlock::monte_carlo_seconds, 1, "s", true},
     {"vertex_mm", &ShowerBlock::entry_point, 2, "mm", true},
     {"theta", &ShowerBlock::theta, 1, "rad", true},
     {"phi", &ShowerBlock::phi, 1, "rad", true},
     {"pdg", &ShowerBlock::pdg_code, 1, "PDG code", true}}};

inline constexpr std::string_view pdg_column = "pdg";

/// The known column of a name; none where there is none.
constexpr KnownColumn const* find_known_column(std::string_view name)
{
    for (auto const& column : known_columns)
        if (column.name == name) return &column;
    return nullptr;
}

/// The data set of a condition.
constexpr std::string_view column_name(ConditionInfo const& condition)
{
    return condition.name == "entry" ? "vertex_mm" : condition.name;
}

}  // namespace lowcal::data
