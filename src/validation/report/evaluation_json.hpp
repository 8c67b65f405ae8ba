#pragma once

#include "validation/comparison.hpp"

#include <string>

namespace lowcal::validation {

/// The evaluation as JSON, for scripts:
///
///     {"candidates": {NAME: {"shape_mse": {"value", "error", "floor"},
///                            "sampling_fraction": [{"low", "high", "count", "reference_mean",
///                                "mean", "error", "reference_rms", "rms", ...}, ...], ...}},
///      "reference": {...}, "units": {...}, "command", "seed", ...}
///
/// `error` is that of mean - reference_mean. "units" gives the unit of every figure by its key. A
/// figure that could not be computed is null. Keys keep their order.
std::string evaluation_json(Evaluation const& evaluation);

}  // namespace lowcal::validation
