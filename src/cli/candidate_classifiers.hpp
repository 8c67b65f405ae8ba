#pragma once

#include "cli/evaluate_options.hpp"
#include "validation/comparison.hpp"

#include <span>

namespace lowcal::cli {

/// Trains classifiers to tell each candidate from the reference and adds what they found to the
/// comparisons; the controls' figures too. Networks make their showers at `energies` (GeV), into a
/// temporary folder. Throws InputError where the training program is missing or fails.
void add_classifiers(EvaluateOptions const& options, std::span<float const> energies,
                     validation::Evaluation& evaluation);

}  // namespace lowcal::cli
