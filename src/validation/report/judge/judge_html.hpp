#pragma once

#include "validation/comparison.hpp"

#include <string>

namespace lowcal::validation {

/// What told showers apart, as sections of report.html; empty where nothing tried.
std::string judge_section(Evaluation const& evaluation);
std::string classifier_section(Evaluation const& evaluation);

}  // namespace lowcal::validation
