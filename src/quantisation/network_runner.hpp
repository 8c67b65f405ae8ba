#pragma once

#include "graph/model/graph.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace lowcal::quantisation {

/// Runs a network on the calibration inputs; whoever calls the quantiser brings one (the runtime's
/// float32 plan, or the reference run in tests).
class NetworkRunner {
public:
    /// Value number `value` of those asked for, row-major, for some showers.
    using See = std::function<void(std::size_t value, std::span<float const> numbers)>;

    virtual ~NetworkRunner() = default;
    /// Runs all calibration inputs, in the same order and the same blocks at every call, and shows
    /// these values of the network.
    virtual void run(graph::Graph const& network, std::vector<std::string> const& values,
                     See const& see) const = 0;
};

}  // namespace lowcal::quantisation
