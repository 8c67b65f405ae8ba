#pragma once

#include "validation/comparison.hpp"
#include "workflows/evaluate/evaluate_options.hpp"
#include "workflows/evaluate/evaluation_report.hpp"

namespace lowcal::workflows {

/// All that is written, before anything is.
struct Outcome {
    validation::Evaluation evaluation;
    ReportShowers showers;
};

/// Observes the reference and each candidate, and compares them. Shows progress and warns
/// (core/listener.hpp). Throws InputError where a sample cannot be read or made.
Outcome evaluate_candidates(EvaluateOptions const& options);

}  // namespace lowcal::workflows
