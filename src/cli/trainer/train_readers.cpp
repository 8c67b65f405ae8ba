#include "cli/trainer/train_readers.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace lowcal::cli {
namespace {

using training::Architecture;
using training::Recipe;

enum Reader : unsigned { study = 1, paired = 2, lean = 4, fine = 8 };

struct Row {
    char const* option;
    unsigned readers;
};

/// Options that not every training reads.
constexpr Row rows[] = {
    {"--recipe", study | paired},
    {"--free-latents", study | paired},
    {"--layer-flow", paired},
    {"--factor-rank", paired},
    {"--weight-layers", paired},
    {"--weight-outliers", paired},
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
    {"--weight-image", paired | lean},
    {"--weight-depth", lean},
    {"--weight-profile", paired | lean},
    {"--weight-features", paired | lean},
    {"--weight-spectrum", paired | lean},
    {"--weight-products", paired | lean},
    {"--weight-scale", lean},
    {"--matching-memory", paired | lean},
};

constexpr std::pair<Reader, char const*> names[] = {{study, "--recipe study"},
                                                    {paired, "--recipe paired"},
                                                    {lean, "--arch lean"},
                                                    {fine, "--arch fine"}};

unsigned reader_of(training::TrainingConfig const& config)
{
    if (config.architecture == Architecture::lean) return lean;
    if (config.architecture == Architecture::fine) return fine;
    return config.recipe == Recipe::paired ? paired : study;
}

std::string list_of(unsigned readers)
{
    std::string list;
    for (auto const& [reader, name] : names)
        if (readers & reader) list += (list.empty() ? "" : ", ") + std::string(name);
    return list;
}

void refuse(CLI::App const& app, char const* option, std::string const& readers)
{
    if (app.get_option(option)->count() > 0)
        throw CLI::ValidationError(option, "this training does not read it (" + readers + " does)");
}

}  // namespace

void require_readers(CLI::App const& app, training::TrainingConfig const& config)
{
    for (auto const& row : rows)
        if (!(row.readers & reader_of(config))) refuse(app, row.option, list_of(row.readers));
    if (config.architecture != Architecture::conv3d) return;
    for (auto const* option : {"--factor-rank", "--generator-dropout"})
        refuse(app, option, "--arch conv2d");
}

}  // namespace lowcal::cli
