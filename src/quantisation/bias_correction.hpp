#pragma once

#include "quantisation/int8_rewrite.hpp"

namespace lowcal::quantisation {

/// What rounding does to the mean of each output channel of each int8 convolution, to be taken off
/// again: rounding errors of weights and clipped activations do not average out, and a shift of the
/// mean adds up from layer to layer. Measured on the calibration inputs, layer after layer in the
/// network's order, each with the corrections before it in place (Nagel et al. 2019,
/// arXiv:1906.04721, appendix D). Costs one run of the calibration inputs for each layer.
Corrections correct_biases(graph::Graph const& canonical, Int8Plan const& plan,
                           Statistics const& statistics, RangeCalibrator::Config const& range,
                           NetworkRunner const& runner);

}  // namespace lowcal::quantisation
