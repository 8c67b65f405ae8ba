#pragma once

#include "cli/evaluated_sample.hpp"
#include "cli/options/evaluate_options.hpp"
#include "validation/comparison.hpp"

namespace lowcal::cli {

/// Trains classifiers to tell each candidate from the reference and adds what they found to the
/// comparisons; the controls' figures too. Networks make their showers for the reference's energies
/// and conditions, into a temporary folder. Throws InputError where the training program is missing
/// or fails.
void add_classifiers(EvaluateOptions const& options, EvaluatedSample const& reference,
                     validation::Evaluation& evaluation);

}  // namespace lowcal::cli
