#pragma once

#include "data/showers.hpp"
#include "quantisation/network_runner.hpp"
#include "runtime/plan.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// Runs networks on the generator's own inputs: latent vectors of a production (seed, shower i) and
/// given energies and conditions, in float32 through the runtime.
class CalibrationRunner : public quantisation::NetworkRunner {
public:
    struct Config {
        std::uint64_t seed = 1;
        data::ShowerBlock inputs{};  ///< energies and conditions of the showers
    };
    explicit CalibrationRunner(Config config) : config_(std::move(config)) {}

    /// Showers run in blocks of 8; the first ones again fill the last block. Throws InputError if
    /// the network has inputs that are no generator's, or needs conditions that are not known.
    void run(graph::Graph const& network, std::vector<std::string> const& values,
             See const& see) const override;

private:
    Config config_;

    void require_known(runtime::Plan::Port const& port, std::int64_t batch) const;
    void fill_block(std::string const& port, std::size_t first, std::size_t count,
                    std::span<float> out) const;
    void fill(std::string const& port, std::size_t first, std::size_t count,
              std::span<float> out) const;
};

}  // namespace lowcal::workflows
