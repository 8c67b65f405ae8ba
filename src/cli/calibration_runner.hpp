#pragma once

#include "quantisation/network_runner.hpp"

#include <cstdint>
#include <vector>

namespace lowcal::cli {

/// Runs networks on the generator's own inputs: latent vectors of a production (seed, shower i) and
/// given primary energies, in float32 through the runtime.
class CalibrationRunner : public quantisation::NetworkRunner {
public:
    struct Config {
        std::uint64_t seed = 1;
        std::vector<float> energies{};  ///< GeV, one per shower
    };
    explicit CalibrationRunner(Config config) : config_(std::move(config)) {}

    /// The last showers that do not fill a block of 8 are left out. Throws InputError if the
    /// network has inputs other than `latent` and `energy`.
    void run(graph::Graph const& network, std::vector<std::string> const& values,
             See const& see) const override;

private:
    Config config_;
};

}  // namespace lowcal::cli
