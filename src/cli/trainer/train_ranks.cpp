#include "cli/trainer/train_ranks.hpp"

#include "core/error.hpp"
#include "training/loop/config_text.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <string>

namespace lowcal::cli {

void require_shareable(training::TrainingConfig const& config, training::Ranks const& ranks)
{
    using training::Architecture;
    bool const paired = config.recipe == training::Recipe::paired && config.generator_dropout == 0;
    if (ranks.size() == 1 || config.architecture == Architecture::lean) return;
    if (config.architecture == Architecture::fine || !paired)
        throw InputError(fmt::format("{} ranks cannot train this", ranks.size()),
                         "only --arch lean, and conv2d and conv3d by --recipe paired without "
                         "dropout, can be trained by several");
}

void require_agreement(training::TrainingRun const& training, training::ShowerSet const& showers,
                       training::LoopConfig const& loop, training::Ranks const& ranks)
{
    ranks.require_same(
        training::to_text(training.config()) + fmt::format("{} {}", loop.steps, loop.minutes),
        "options");
    ranks.require_same(
        fmt::format("{} {} {}", showers.count(), showers.energy.sum(torch::kFloat64).item<double>(),
                    showers.cells.sum(torch::kFloat64).item<double>()),
        "showers");
    ranks.require_same(std::to_string(training.steps_done()), "the steps that are done");
}

std::unique_ptr<training::Ranks const> ranks_of_environment()
{
    auto const place = training::rank_place_from_environment();
    return place.size == 1 ? nullptr : training::join_ranks(place);
}

}  // namespace lowcal::cli
