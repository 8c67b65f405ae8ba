#pragma once

#include "quantisation/int8_plan.hpp"
#include "quantisation/network_runner.hpp"
#include "quantisation/range_calibrator.hpp"

#include <map>
#include <string>
#include <vector>

namespace lowcal::quantisation {

/// What calibration saw of each value of a plan.
using Statistics = std::map<std::string, RangeCalibrator>;

/// Runs the canonical network on the calibration inputs. Throws InputError where a value is not
/// finite.
Statistics calibrate(graph::Graph const& canonical, Int8Plan const& plan,
                     NetworkRunner const& runner);

/// Numbers added to each output channel of a convolution, by the convolution's name.
using Corrections = std::map<std::string, std::vector<float>>;

struct RewriteConfig {
    RangeCalibrator::Config range{};
    Corrections corrections{};
};

/// One quantised layer, for reports.
struct Int8Layer {
    std::string name;
    LayerPrecision precision = LayerPrecision::int8;
    std::string reason{};  ///< why not int8
    Int8Scale input{};     ///< of an int8 layer
    double input_low = 0;  ///< seen in calibration
    double input_high = 0;
    double clipped_share = 0;  ///< of its input
    double weight_noise = 0;   ///< rms error of the weights / rms weight
};

struct Int8Network {
    graph::Graph graph;
    std::vector<Int8Layer> layers;
};

/// The canonical network with QuantizeLinear/DequantizeLinear behind the planned values and int8
/// weights: standard ONNX, the reference meaning of an int8 file. The last accumulator leaves in
/// float32, because no scale follows it.
Int8Network rewrite_int8(graph::Graph const& canonical, Int8Plan const& plan,
                         Statistics const& statistics, RewriteConfig const& config);

}  // namespace lowcal::quantisation
