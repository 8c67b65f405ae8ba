#pragma once

#include "quantisation/plan/int8_rewrite.hpp"

#include <string>
#include <vector>

namespace lowcal::quantisation {

/// What quantisation does to the result of one convolution (before its activation).
struct LayerDistortion {
    std::string layer;
    double signal_to_noise =
        0;                  ///< dB: mean square of float32's result over that of the difference
    double mean_shift = 0;  ///< largest |shift of a channel's mean| / rms of that channel
    struct Channel {
        std::size_t index = 0;
        double signal_to_noise = 0;  ///< dB
    };
    std::vector<Channel> worst{};  ///< channels of least signal to noise, the worst first
};

/// Runs both networks on the calibration inputs and compares the results of each int8 layer. A
/// layer without difference has infinite signal to noise. Names of values in `int8` are those of
/// `canonical`, as rewrite_int8 leaves them.
std::vector<LayerDistortion> measure_distortion(graph::Graph const& canonical,
                                                Int8Network const& int8,
                                                NetworkRunner const& runner,
                                                std::size_t worst_channels = 3);

}  // namespace lowcal::quantisation
