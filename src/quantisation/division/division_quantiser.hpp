#pragma once

#include "quantisation/network_runner.hpp"
#include "quantisation/plan/int8_rewrite.hpp"

namespace lowcal::quantisation {

/// Whether the network divides layers (SplitTree) in float32.
bool has_divisions(graph::Graph const& network);

/// A network whose divisions multiply levels: int8 weights, a scale for each output; activations in
/// uint8, scales from what the reference meets on the calibration inputs. Energies, odds and
/// densities stay in float32, and so do the flow of layer energies and the hits of layers. Throws
/// InputError if the network has convolutions beside.
Int8Network quantise_divisions(graph::Graph network, NetworkRunner const& runner);

}  // namespace lowcal::quantisation
