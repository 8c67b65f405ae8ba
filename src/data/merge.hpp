#pragma once

#include "data/shower_reader.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <vector>

namespace lowcal::data {

struct MergeConfig {
    int compression = 1;  ///< gzip level of the output, as in ShowerWriter::Config
    std::function<void(std::size_t done, std::size_t total)> progress = {};  ///< showers
};

/// Joins the shards of one production, in the order of their index ranges, into one file.
///
/// Each shard carries the attributes first_index, count, model_sha256 and seed; the last two, the
/// precision where recorded, and the layout must agree, and the ranges must follow each other
/// without gap or overlap. The output carries the joint range; attributes in which the shards
/// differ otherwise (machine, versions) are listed one after the other. Returns the number of
/// showers. Throws InputError, which names the shards that do not fit; no output is then left.
std::size_t merge_shards(std::vector<std::filesystem::path> const& inputs,
                         std::filesystem::path const& output, MergeConfig const& config = {});

}  // namespace lowcal::data
