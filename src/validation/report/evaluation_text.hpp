#pragma once

#include "validation/comparison.hpp"

#include <string>

namespace lowcal::validation {

/// The evaluation as tables for people, at most 100 columns wide, ending in a new line: shape MSE
/// of all candidates, then each candidate's sampling fraction in energy bins, then warnings.
std::string evaluation_text(Evaluation const& evaluation);

}  // namespace lowcal::validation
