#pragma once

#include "quantisation/plan/int8_rewrite.hpp"

namespace lowcal::quantisation {

/// Makes the mean of an int8 network's output that of the canonical network on the calibration
/// inputs, by a factor in the constants of its last layer (scales, biases, shifts): the last ReLU
/// makes energy of rounding noise, which no correction before it sees. Returns the factor; 1, and
/// nothing changes, where either mean is not positive, where what follows the last layer makes sums
/// to which it scales its cells, or where the output does not grow with those constants as their
/// power does.
double match_response(Int8Network& network, graph::Graph const& canonical,
                      NetworkRunner const& runner);

}  // namespace lowcal::quantisation
