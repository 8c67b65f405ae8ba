#pragma once

#include "training/loop/training_loop.hpp"
#include "training/parallel/ranks.hpp"
#include "training/shower_set.hpp"

#include <memory>

namespace lowcal::cli {

/// The ranks that the environment says this process is one of; none where it is alone. Throws
/// InputError where the environment makes no sense or the others do not come.
std::unique_ptr<training::Ranks const> ranks_of_environment();

/// Throws InputError where several ranks cannot share a training: what is normalised, or dropped,
/// over a batch as a whole.
void require_shareable(training::TrainingConfig const& config, training::Ranks const& ranks);

/// Throws InputError where ranks have other options or showers, or begin at another step: they
/// would not train one network. All ranks call it.
void require_agreement(training::TrainingRun const& training, training::ShowerSet const& showers,
                       training::LoopConfig const& loop, training::Ranks const& ranks);

}  // namespace lowcal::cli
