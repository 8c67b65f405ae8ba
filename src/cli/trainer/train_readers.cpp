#include "cli/trainer/train_readers.hpp"

#include "training/lean/matching_terms.hpp"
#include "training/trainings.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace lowcal::cli {
namespace {

using training::Architecture;
using namespace training::training_bit;

struct Row {
    char const* option;
    std::uint32_t readers;
};

/// Options that not every training reads.
constexpr Row rows[] = {
    {"--recipe", study | paired},
    {"--free-latents", study | paired},
    {"--layer-flow", paired},
    {"--factor-rank", paired},
    {"--weight-layers", paired},
    {"--weight-outliers", paired},
    {"--settling-showers", paired},
    {"--generator-dropout", study | paired},
    {"--discriminator-dropout", study},
    {"--linear-epochs", study | paired},
    {"--warm-up-epochs", study | paired},
    {"--normalisation", study},
    {"--generator-rate-unit", study | paired},
    {"--weight-mean-shower", study},
    {"--weight-mean-response", study},
    {"--weight-cell-sum", study | paired},
    {"--weight-single-shower", study | paired},
    {"--weight-adversarial", study | paired},
    {"--head-steps", lean | fine},
    {"--head-batch", lean | fine},
    {"--head-rate", lean | fine},
    {"--gradient-penalty", paired | lean},
    {"--penalty-interval", paired | lean},
    {"--matching-memory", paired | lean},
};

std::string list_of(std::uint32_t readers)
{
    std::string list;
    for (auto const& kind : training::training_kinds())
        if (readers & kind.bit) list += (list.empty() ? "" : ", ") + std::string(kind.chosen_by);
    return list;
}

void refuse(CLI::App const& app, std::string const& option, std::string const& readers)
{
    if (app.get_option(option)->count() > 0)
        throw CLI::ValidationError(option, "this training does not read it (" + readers + " does)");
}

}  // namespace

void require_readers(CLI::App const& app, training::TrainingConfig const& config)
{
    auto const own = training::kind_of(config).bit;
    auto const require = [&](std::string const& option, std::uint32_t readers) {
        if (!(readers & own)) refuse(app, option, list_of(readers));
    };
    for (auto const& row : rows) require(row.option, row.readers);
    for (auto const& term : training::matching_terms)
        require("--weight-" + std::string(term.name), term.paired ? lean | paired : lean);
    if (config.architecture != Architecture::conv3d) return;
    for (auto const* option : {"--factor-rank", "--generator-dropout"})
        refuse(app, option, "--arch conv2d");
}

}  // namespace lowcal::cli
