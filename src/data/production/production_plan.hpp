#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lowcal::data {

/// A file that a plan wants.
struct PlannedShard {
    std::uint64_t first = 0;  ///< index of its first shower
    std::uint64_t count = 0;  ///< showers, at least 1
    std::filesystem::path file;
    /// Of its production's identity (production_identity.hpp), by name: what it has to be.
    std::map<std::string, std::string> wanted;
    std::size_t line = 0;  ///< of the plan, from 1

    std::uint64_t last() const { return first + (count - 1); }
};

/// A production as a list of ranges that follow each other without gap or overlap.
struct ProductionPlan {
    std::filesystem::path path;
    std::vector<PlannedShard> shards;  ///< in the order of their ranges; at least one
};

/// Reads a plan: comma-separated values, with a line of names first. The columns `first`, `count`
/// and `file` must be there; a file's name counts from the plan's folder. Every other column is
/// named as a value of a production's identity (network_sha256, seed, energy, ...), which all files
/// must have so; where a field is empty nothing is wanted. Fields with commas stand in quotes.
/// Throws InputError, which names the lines: where one is no row of these, two name one file, and
/// where ranges overlap or leave a gap.
ProductionPlan read_plan(std::filesystem::path const& path);

}  // namespace lowcal::data
