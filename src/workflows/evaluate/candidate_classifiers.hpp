#pragma once

#include "validation/comparison.hpp"
#include "workflows/evaluate/evaluate_options.hpp"
#include "workflows/evaluate/evaluated_sample.hpp"

namespace lowcal::workflows {

/// Trains a classifier on cells to tell each candidate from the reference and adds what it found to
/// the comparisons; the controls' figures too. Networks make their showers for the reference's
/// energies and conditions, into a temporary folder. Throws InputError where the training program
/// is missing or fails.
void add_classifiers(EvaluateOptions const& options, EvaluatedSample const& reference,
                     validation::Evaluation& evaluation);

}  // namespace lowcal::workflows
