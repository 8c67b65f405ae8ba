#pragma once

#include "data/showers.hpp"
#include "runtime/shower_ensemble.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

namespace lowcal::workflows {

/// A network, or an ensemble, whose showers are to be compared.
struct CandidateModel {
    std::vector<std::filesystem::path> files;
    std::vector<double> weights{};  ///< one a file; none: all alike
    Detector detector;              ///< with which it is compared
    std::uint64_t seed = 0;
    int threads = 1;
    std::filesystem::path ports{};  ///< what is said of its inputs; empty: nothing
};

/// Showers that are made at once, so that each network runs on full batches.
std::size_t showers_at_once(runtime::ShowerEnsemble const& networks);

/// Generates shower i of the production `seed` with the energy and conditions of shower i of
/// `inputs`, for all i, and hands the showers on in order, block by block, without cells too small
/// to be kept in a file. Throws InputError where a shower has cells that no shower file may hold.
void generate_sample(runtime::ShowerEnsemble const& networks, std::uint64_t seed,
                     data::ShowerBlock const& inputs,
                     std::function<void(data::ShowerBlock const&)> const& take);

/// The same with the model's networks. Throws InputError where one cannot be run.
void generate_candidate(CandidateModel const& model, data::ShowerBlock const& inputs,
                        std::function<void(data::ShowerBlock const&)> const& take);

}  // namespace lowcal::workflows
