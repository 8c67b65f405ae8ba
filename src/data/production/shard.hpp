#pragma once

#include "data/reading/shard_inspector.hpp"
#include "data/writing/production_identity.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::data {

/// A file of one production and what it says of itself.
struct Shard {
    std::filesystem::path path;
    std::map<std::string, std::string> attributes;
    std::optional<ProductionIdentity> identity;  ///< none: of before there were identities
    Layout layout = Layout::clic;
    Detector detector;
    std::uint64_t first = 0;             ///< index
    std::uint64_t range = 0;             ///< indices that the file accounts for
    std::size_t count = 0;               ///< showers in the file
    std::vector<std::uint64_t> dropped;  ///< indices of bad showers, which it lacks
    std::vector<std::string> columns;    ///< "theta [1]", sorted
    std::vector<ShowerFileContent::DataSet> data_sets;
    /// Index of its last shower; first + range may be 2^64.
    std::uint64_t last() const { return first + (range - 1); }
};

/// Looks into a file, without reading its showers. `drop`: names of what may be left out when it is
/// merged. Throws InputError where it is no whole shard of a production, or does not hold the
/// showers that it says.
Shard inspect_shard(ShardInspector& inspect, std::filesystem::path const& path,
                    std::vector<std::string> const& drop = {});

/// Throws InputError, which names both and what differs, where two shards are not of one
/// production, or hold other data sets.
void require_same_production(Shard const& one, Shard const& other);

/// Throws InputError where the ranges of shards, in the order of their first indices, overlap or
/// leave a gap.
void require_complete(std::vector<Shard> const& shards);

/// Shards of one production in the order of their ranges, which follow each other. Throws
/// InputError as the functions above.
std::vector<Shard> inspect_shards(std::vector<std::filesystem::path> const& paths,
                                  std::vector<std::string> const& drop);

/// Attributes of a file that holds all showers of `shards`: values in which these differ are listed
/// in order; the index range is that of all.
std::map<std::string, std::string> joint_attributes(std::vector<Shard> const& shards);

}  // namespace lowcal::data
