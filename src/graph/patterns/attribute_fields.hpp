#pragma once

#include "graph/model/graph.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

namespace lowcal::graph {

/// A whole number among the attributes of a node of our own, and the range that it may have.
struct AttributeField {
    char const* name;
    std::int64_t least, most;
    std::int64_t absent = -1;  ///< what it is where the node does not say it
};
inline constexpr std::int64_t most_cells_along = 4096;
inline constexpr std::int64_t most_width = 4096;
inline constexpr std::int64_t most_blocks = std::int64_t{1} << 22;  ///< of cells, margins included

/// By name. Throws InputError naming the node where one is out of its range.
std::map<std::string_view, std::int64_t> read_fields(Node const& node,
                                                     std::span<AttributeField const> fields);
/// The numbers `unit` and `least`: energies. Throws InputError where one is not above 0.
struct EnergyFields {
    float unit, least;
};
EnergyFields read_energies(Node const& node);

}  // namespace lowcal::graph
