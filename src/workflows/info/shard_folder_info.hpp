#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// Indices of showers, from `first` to `last`.
struct IndexRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

/// The shards of one production in a folder.
struct FolderProduction {
    std::map<std::string, std::string> identity;  ///< data/writing/production_identity.hpp
    std::size_t shards = 0;
    std::uint64_t showers = 0;  ///< in the files
    std::uint64_t bytes = 0;
    std::vector<IndexRange> ranges;       ///< that the shards account for, joined, ascending
    std::vector<IndexRange> overlaps;     ///< that more than one of them has
    std::vector<std::string> machines{};  ///< instruction sets of the jobs, sorted
};

/// What a folder of shards holds.
struct ShardFolderInfo {
    std::filesystem::path folder;
    std::vector<FolderProduction> productions;  ///< the largest first
    std::vector<std::string> others;            ///< why files are no shards, one sentence each
    std::size_t unfinished = 0;                 ///< parts that are being written, or were abandoned
};

/// Looks into all files of a folder that end in .h5 or .hdf5, without reading their showers. Shows
/// progress. Throws InputError where the folder cannot be read.
ShardFolderInfo shard_folder_info(std::filesystem::path const& folder);

/// One JSON object (docs/file_formats.md).
std::string shard_folder_info_json(ShardFolderInfo const& info);

}  // namespace lowcal::workflows
