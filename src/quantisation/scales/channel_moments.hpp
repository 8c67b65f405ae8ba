#pragma once

#include "quantisation/network_runner.hpp"

namespace lowcal::quantisation {

/// Over showers and cells, for each channel of a value.
struct ChannelMoments {
    std::vector<double> means;
    std::vector<double> mean_squares;
    std::vector<double> largest;  ///< of |x|
};

/// Of these values of a network, [N, C, ...] each, on the runner's inputs.
std::vector<ChannelMoments> channel_moments(graph::Graph const& network,
                                            std::vector<std::string> const& values,
                                            NetworkRunner const& runner);

}  // namespace lowcal::quantisation
