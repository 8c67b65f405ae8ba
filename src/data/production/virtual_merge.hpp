#pragma once

#include "data/production/shard.hpp"

#include <filesystem>
#include <vector>

namespace lowcal::data {

/// Writes a file whose data sets are virtual: those of `shards`, which follow each other, one
/// behind the other, by names relative to the output's folder. Complete or absent, as all that is
/// written. Throws InputError where a shard has no identity, lies outside the folder or keeps its
/// cells as sequences (showerdata), and where the file cannot be written.
void write_virtual_merge(std::vector<Shard> const& shards, std::filesystem::path const& output);

}  // namespace lowcal::data
