#include "data/showers.hpp"

#include "data/shower_columns.hpp"

#include <algorithm>
#include <array>

namespace lowcal::data {
namespace {

/// What a block knows of its showers beside cells, with how many numbers each has.
struct Known {
    std::vector<float> ShowerBlock::*values;
    std::size_t width;
};

constexpr std::array<Known, 5> known{{{&ShowerBlock::primary_energy, 1},
                                      {&ShowerBlock::pdg_code, 1},
                                      {&ShowerBlock::theta, 1},
                                      {&ShowerBlock::phi, 1},
                                      {&ShowerBlock::entry_point, 2}}};

}  // namespace

std::vector<float>& condition_of(ShowerBlock& block, ConditionInfo const& condition)
{
    return block.*find_known_column(column_name(condition))->values;
}

ShowerBlock without_cells(ShowerBlock const& block, std::size_t first, std::size_t count)
{
    ShowerBlock part;
    for (auto const& [values, width] : known) {
        auto const& all = block.*values;
        if (all.empty()) continue;
        auto const rows = std::span(all).subspan(first * width, count * width);
        (part.*values).assign(rows.begin(), rows.end());
    }
    return part;
}

void append_without_cells(ShowerBlock& block, ShowerBlock const& more)
{
    auto const before = block.count();
    for (auto const& [values, width] : known) {
        auto& all = block.*values;
        auto const& rows = more.*values;
        if (all.size() == before * width && !rows.empty())
            all.insert(all.end(), rows.begin(), rows.end());
        else
            all.clear();
    }
}

}  // namespace lowcal::data
