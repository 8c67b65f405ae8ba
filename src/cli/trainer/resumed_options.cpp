#include "cli/trainer/resumed_options.hpp"

#include "core/error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace lowcal::cli {

void require_as_begun(CLI::App const& app, TrainOptions const& options,
                      training::TrainingConfig const& begun)
{
    auto const require = [&](char const* option, bool same, auto const& was) {
        if (app.count(option) > 0 && !same)
            throw UsageError(option, fmt::format("the training in {} began with {}, and can only "
                                                 "go on so",
                                                 options.folder.string(), was));
    };
    require("--arch", training::parse_architecture(options.architecture) == begun.architecture,
            training::name_of(begun.architecture));
    namespace bit = training::training_bit;
    if ((training::kind_of(begun).bit & (bit::study | bit::paired)) != 0)
        require("--recipe", options.recipe == begun.recipe,
                begun.recipe == training::Recipe::study ? "study" : "paired");
    require("--free-latents", begun.latent_norm == training::LatentNorm::free,
            "latent vectors of one norm");
    require("--no-symmetries", begun.symmetries == training::Symmetries::none, "symmetries");
    auto const& now = options.training;
    require("--normalisation", now.normalisation == begun.normalisation,
            begun.normalisation == training::Normalisation::batch ? "batch" : "constant");
    require("--factor-rank", now.factor_rank == begun.factor_rank, begun.factor_rank);
    require("--trunk-width", now.fine.trunk == begun.fine.trunk, begun.fine.trunk);
    require("--energy-width", now.fine.energy == begun.fine.energy, begun.fine.energy);
    require("--single-width", now.fine.single == begun.fine.single, begun.fine.single);
}

}  // namespace lowcal::cli
