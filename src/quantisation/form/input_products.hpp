#pragma once

#include "quantisation/network_runner.hpp"
#include "quantisation/plan/int8_plan.hpp"

#include <map>
#include <string>
#include <vector>

namespace lowcal::quantisation {

/// How the inputs of a layer vary together: what a rounding error of one weight can be made up for
/// by another.
struct InputProducts {
    std::size_t size = 0;  ///< weights of an output channel, [in][tap...]
    /// Upper triangular R, [size][size] row by row, with R^T R the covariance of the inputs that
    /// those weights multiply: the layer's result is off by |R (w - w')|^2 on average, but for its
    /// mean.
    std::vector<double> factor{};
};

/// Of the plan's int8 convolutions (plain ones, stride 1) of at most `most_inputs` weights for each
/// output channel, on the calibration inputs; by layer. Holds size^2 doubles a layer, all at once:
/// 134 MB for 4096 weights.
std::map<std::string, InputProducts> input_products(graph::Graph const& canonical,
                                                    Int8Plan const& plan,
                                                    NetworkRunner const& runner,
                                                    std::size_t most_inputs = 4096);

}  // namespace lowcal::quantisation
