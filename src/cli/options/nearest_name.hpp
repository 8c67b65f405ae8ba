#pragma once

#include <optional>
#include <string>
#include <vector>

namespace lowcal::cli {

/// The name that a mistyped word most likely stands for: the one that the fewest letters added,
/// left out, changed or swapped with their neighbour make of it, at most one in three. Nothing
/// where none is so near.
std::optional<std::string> nearest_name(std::string const& word,
                                        std::vector<std::string> const& names);

}  // namespace lowcal::cli
