#pragma once

#include "cli/answers/evaluation_report.hpp"
#include "cli/options/evaluate_options.hpp"
#include "validation/comparison.hpp"

namespace lowcal::cli {

/// All that is written, before anything is.
struct Outcome {
    validation::Evaluation evaluation;
    ReportShowers showers;
};

/// Observes the reference and each candidate, and compares them. Shows progress and warnings on
/// standard error. Throws InputError where a sample cannot be read or made.
Outcome evaluate_candidates(EvaluateOptions const& options);

}  // namespace lowcal::cli
