#pragma once

#include "data/reading/shower_reader.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lowcal::data {

/// What a merge makes of its shards.
enum class MergeForm {
    copy,         ///< a file of its own, byte for byte that of one run
    virtual_sets  ///< a small file whose data sets are virtual (HDF5): its showers stay in the
                  ///< shards
};

struct MergeConfig {
    MergeForm form = MergeForm::copy;
    int compression = 1;                 ///< gzip level of the output, as in ShowerWriter::Config
    std::vector<std::string> drop = {};  ///< names of what may be left out
    std::function<void(std::size_t done, std::size_t total)> progress = {};  ///< showers
};

/// What a merge made, and what is to be said about it.
struct MergeReport {
    std::size_t showers = 0;
    std::vector<std::string> warnings{};  ///< one sentence each
};

/// Joins the shards of one production, in the order of their index ranges, into the file that one
/// run would have made: no cell is altered, and every data set is carried.
///
/// Each shard carries the attributes first_index, count, model_sha256 and seed, and the identity of
/// its production (production_identity.hpp); identities and layouts must agree, and the ranges must
/// follow each other without gap or overlap. Shards of before there were identities are joined
/// among each other where all their attributes but the machine agree, with a warning: their
/// energies are not recorded. The output carries the joint range; attributes in which the shards
/// differ otherwise (machine, file names) are listed one after the other. Throws InputError, which
/// names the shards that do not fit; no output is then left, and an older one is as it was.
///
/// A virtual merge takes milliseconds a shard whatever its size. Its shards must have an identity,
/// lie in the output's folder or below, and stay there: all readers follow it to shards of its own
/// identity (data/storage/virtual_storage.hpp).
MergeReport merge_shards(std::vector<std::filesystem::path> const& inputs,
                         std::filesystem::path const& output, MergeConfig const& config = {});

}  // namespace lowcal::data
