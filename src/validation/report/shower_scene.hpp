#pragma once

#include "validation/report/pictures.hpp"

#include <string>
#include <vector>

namespace lowcal::validation {

/// Single showers to turn about, the reference's beside a candidate's, which is chosen from a list:
/// one point for each cell above zero, at its place in the detector, its colour and size by its
/// energy. HTML with a canvas, its numbers and its script; needs nothing from elsewhere. Empty
/// without showers.
std::string shower_scene(std::vector<ShowerPair> const& pairs);

}  // namespace lowcal::validation
