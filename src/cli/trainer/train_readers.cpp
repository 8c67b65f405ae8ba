#include "cli/trainer/train_readers.hpp"

#include "cli/options/unread_options.hpp"
#include "training/lean/matching_terms.hpp"
#include "training/trainings.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace lowcal::cli {
namespace {

using training::Architecture;
namespace bit = training::training_bit;

struct Row {
    char const* option;
    std::uint32_t readers;
};

/// Options that not every training reads.
constexpr Row rows[] = {
    {"--recipe", bit::study | bit::paired},
    {"--free-latents", bit::study | bit::paired},
    {"--layer-flow", bit::paired},
    {"--factor-rank", bit::paired},
    {"--weight-layers", bit::paired},
    {"--weight-outliers", bit::paired},
    {"--settling-showers", bit::paired},
    {"--generator-dropout", bit::study | bit::paired},
    {"--discriminator-dropout", bit::study},
    {"--linear-epochs", bit::study | bit::paired},
    {"--warm-up-epochs", bit::study | bit::paired},
    {"--normalisation", bit::study},
    {"--generator-rate-unit", bit::study | bit::paired},
    {"--weight-mean-shower", bit::study},
    {"--weight-mean-response", bit::study},
    {"--weight-cell-sum", bit::study | bit::paired},
    {"--weight-single-shower", bit::study | bit::paired},
    {"--weight-adversarial", bit::study | bit::paired},
    {"--head-steps", bit::lean | bit::fine | bit::passes},
    {"--head-batch", bit::lean | bit::fine | bit::passes},
    {"--head-rate", bit::lean | bit::fine | bit::passes},
    {"--trunk-width", bit::fine},
    {"--energy-width", bit::fine},
    {"--single-width", bit::fine},
    {"--hidden-width", bit::passes},
    {"--context-width", bit::passes},
    {"--faint-width", bit::passes},
    {"--bright-width", bit::passes},
    {"--gradient-penalty", bit::paired | bit::lean},
    {"--penalty-interval", bit::paired | bit::lean},
    {"--matching-memory", bit::paired | bit::lean},
};

std::string list_of(std::uint32_t readers)
{
    std::string list;
    for (auto const& kind : training::training_kinds())
        if (readers & kind.bit) list += (list.empty() ? "" : ", ") + std::string(kind.chosen_by);
    return list;
}

}  // namespace

void require_readers(CLI::App const& app, training::TrainingConfig const& config)
{
    auto const own = training::kind_of(config).bit;
    auto const require = [&](std::string const& option, std::uint32_t readers) {
        if (!(readers & own)) refuse_unread(app, {option.c_str()}, list_of(readers));
    };
    for (auto const& row : rows) require(row.option, row.readers);
    for (auto const& term : training::matching_terms)
        require("--weight-" + std::string(term.name),
                term.paired ? bit::lean | bit::paired : bit::lean);
    if (config.architecture != Architecture::conv3d) return;
    refuse_unread(app, {"--factor-rank", "--generator-dropout"}, "--arch conv2d");
}

}  // namespace lowcal::cli
