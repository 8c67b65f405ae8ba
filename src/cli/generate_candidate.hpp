#pragma once

#include "data/showers.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

namespace lowcal::cli {

/// A network whose showers are to be compared.
struct CandidateModel {
    std::filesystem::path onnx;
    std::uint64_t seed = 0;
    int threads = 1;
};

/// Generates shower i of the network's production `seed` at `energies[i]` GeV, for all i, and hands
/// the showers on in order, block by block. Throws InputError where the network cannot be run.
void generate_candidate(CandidateModel const& model, std::span<float const> energies,
                        std::function<void(data::ShowerBlock const&)> const& take);

}  // namespace lowcal::cli
