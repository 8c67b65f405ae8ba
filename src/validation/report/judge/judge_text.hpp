#pragma once

#include "validation/comparison.hpp"

#include <string>

namespace lowcal::validation {

/// The judge's tables; empty where it did not judge.
std::string judge_text(Evaluation const& evaluation);

/// "seen from 125 showers on" or "not seen with 500 showers".
std::string seen_text(ControlAreas const& control);

/// What a million of a candidate's showers are worth in its worst observable and in the middle one,
/// as a sentence without its full stop; empty where it is not known.
std::string worth_text(Comparison const& comparison, std::string const& reference_name);

}  // namespace lowcal::validation
