#pragma once

#include "quantisation/plan/int8_rewrite.hpp"

namespace lowcal::quantisation {

/// What rounding does to the mean of each output channel of each int8 convolution, to be taken off
/// again: rounding errors of weights and clipped activations do not average out, and a shift of the
/// mean adds up from layer to layer. Measured on the calibration inputs in the network's order,
/// each layer with the corrections before it in place (Nagel et al. 2019, arXiv:1906.04721,
/// appendix D): a run of the calibration inputs for each step of the longest chain of layers.
/// `config` says how the rest is rewritten.
Corrections correct_biases(graph::Graph const& canonical, Int8Plan const& plan,
                           Statistics const& statistics, RewriteConfig config,
                           NetworkRunner const& runner);

}  // namespace lowcal::quantisation
