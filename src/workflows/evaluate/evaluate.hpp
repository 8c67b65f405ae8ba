#pragma once

#include "validation/comparison.hpp"
#include "workflows/evaluate/evaluate_options.hpp"

#include <string>

namespace lowcal::workflows {

struct EvaluationResult {
    validation::Evaluation evaluation;
    std::string text;      ///< all tables
    bool pictures = true;  ///< false where gnuplot is not installed
};

/// Compares candidates with the reference, and writes what the options ask for: the JSON, and into
/// the folder report.html, evaluation.txt, results.json and pictures. Shows progress and warns
/// (core/listener.hpp). Throws InputError, also where an output is one of the inputs.
EvaluationResult evaluate(EvaluateOptions const& options);

}  // namespace lowcal::workflows
