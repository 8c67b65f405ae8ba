#pragma once

#include "data/showers.hpp"
#include "runtime/shower_generator.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace lowcal::workflows {

/// A network whose showers are to be compared.
struct CandidateModel {
    std::filesystem::path onnx;
    Detector detector;  ///< with which it is compared
    std::uint64_t seed = 0;
    int threads = 1;
    std::filesystem::path ports{};  ///< what is said of its inputs; empty: nothing
};

/// The network's showers, from a generator that exists; `name` stands in errors.
struct GeneratedSample {
    std::string name;
    std::uint64_t seed = 0;
};

/// Generates shower i of the production `seed` with the energy and conditions of shower i of
/// `inputs`, for all i, and hands the showers on in order, block by block, without cells too small
/// to be kept in a file. Throws InputError where a shower has cells that no shower file may hold.
void generate_sample(runtime::ShowerGenerator const& generator, GeneratedSample const& sample,
                     data::ShowerBlock const& inputs,
                     std::function<void(data::ShowerBlock const&)> const& take);

/// The same with the model's generator. Throws InputError where the network cannot be run.
void generate_candidate(CandidateModel const& model, data::ShowerBlock const& inputs,
                        std::function<void(data::ShowerBlock const&)> const& take);

}  // namespace lowcal::workflows
