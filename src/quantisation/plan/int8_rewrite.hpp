#pragma once

#include "quantisation/form/input_products.hpp"
#include "quantisation/network_runner.hpp"
#include "quantisation/plan/int8_plan.hpp"
#include "quantisation/scales/range_calibrator.hpp"

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
    /// Of layers whose weights are rounded to make up for each other, which must live as long;
    /// null: each weight to its nearest level.
    std::map<std::string, InputProducts> const* products = nullptr;
};

/// Suffix of the bias that holds a convolution's correction, as levels and scale.
inline constexpr char correction_suffix[] = ".correction";

/// One layer, for reports.
struct Int8Layer {
    std::string name;
    LayerPrecision precision = LayerPrecision::int8;
    std::string reason{};  ///< why not int8
    Int8Scale input{};     ///< of an int8 layer
    double input_low = 0;  ///< seen in calibration
    double input_high = 0;
    double clipped_share = 0;  ///< of its input
    double zeroed_share = 0;   ///< of its input: not zero, but nearer to zero than to any level
    double weight_noise = 0;   ///< rms error of the weights / rms weight
    std::vector<float> weight_scales{};  ///< per output channel
};

struct Int8Network {
    graph::Graph graph;
    std::vector<Int8Layer> layers{};
    double response_factor = 1.0;  ///< see match_response
    std::string remark{};          ///< what calibration did not meet; else empty
};

/// The canonical network with QuantizeLinear/DequantizeLinear behind the planned values, int8
/// weights and int32 biases: standard ONNX, the reference meaning of an int8 file. The last
/// accumulator leaves in float32, because no scale follows it.
Int8Network rewrite_int8(graph::Graph const& canonical, Int8Plan const& plan,
                         Statistics const& statistics, RewriteConfig const& config);

}  // namespace lowcal::quantisation
