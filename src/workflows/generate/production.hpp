#pragma once

#include "data/layouts/layout.hpp"
#include "data/reading/shower_reader.hpp"
#include "runtime/shower_ensemble.hpp"
#include "workflows/generate/shower_inputs.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace lowcal::workflows {

/// What `lowcal generate` makes, and into which files.
struct ProductionConfig {
    std::filesystem::path ports{};  ///< what was said of the networks' inputs; empty: nothing
    std::uint64_t seed = 1;
    std::uint64_t first = 0;  ///< index of the first shower; first + count is at most 2^64
    std::uint64_t count = 0;  ///< showers
    std::filesystem::path out{};
    data::Layout layout = data::Layout::clic;
    int compression = 1;              ///< gzip level
    std::uint64_t shard_showers = 0;  ///< showers of a file; 0: all in one
    bool keep_latents = false;        ///< write each shower's latent vector too
    /// For showers with NaN, infinite or negative cells. Dropped ones keep their indices: a file's
    /// range counts them, and its data set dropped_showers lists them.
    data::BadShowers bad_showers = data::BadShowers::error;
};

/// Makes the showers of one network or an ensemble, block by block: one is written while the next
/// is made. Cells under the detector's smallest energy are set to zero. Files are complete or
/// absent; shards that are there already are kept where they are of the same production, with the
/// same identity (data/writing/production_identity.hpp). Shows progress and makes remarks
/// (core/listener.hpp). Throws InputError, also where such a shard is of another production, or for
/// a bad shower, which it names.
void produce(ProductionConfig const& config, runtime::ShowerEnsemble const& networks,
             ShowerInputs const& inputs);

}  // namespace lowcal::workflows
