#include "cli/trainer/train_options.hpp"

#include "cli/options/bad_cell_options.hpp"
#include "cli/options/detector_option.hpp"
#include "cli/options/number_option.hpp"
#include "core/error.hpp"
#include "training/lean/matching_terms.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <type_traits>

namespace lowcal::cli {
namespace {

void add_schedule(CLI::App& app, TrainOptions& options)
{
    auto& loop = options.loop;
    auto add = [&app](char const* name, auto& number, char const* meaning, auto least) {
        add_number(app, name, number, meaning, {.least = least})->capture_default_str();
    };
    constexpr std::int64_t none = 0;
    add("--steps", loop.steps,
        "Stop after this many steps in all; not given: what the architecture usually takes", none);
    add("--minutes", loop.minutes, "Stop after this time in all; 0: no limit", 0.0);
    add_number(app, "--log-steps", loop.log_steps, "Steps averaged in a line of losses.csv",
               {.least = 1})
        ->capture_default_str();
    add("--checkpoint-minutes", loop.checkpoint_minutes, "Between checkpoints", 0.0);
    add("--physics-minutes", loop.physics_minutes,
        "Between looks at the physics of held-out showers", 0.0);
    app.add_flag("!--no-physics", loop.physics,
                 "Do not look at it, at the end either: no best.pt is written");
    add("--held-out", options.held_out,
        "Showers kept out of the training to judge it: the last of every file, in equal shares",
        none);
}

void add_losses(CLI::App& app, training::LossWeights& weights)
{
    auto add = [&app](char const* name, double& weight, char const* meaning) {
        add_number(app, name, weight, "Weight of " + std::string(meaning), {.least = 0.0})
            ->capture_default_str();
    };
    add("--weight-mean-shower", weights.mean_shower,
        "the matching of mean showers; 0: the study's three losses alone");
    add("--weight-mean-response", weights.mean_response,
        "the matching of the mean cell sum over all energies");
    add("--weight-cell-sum", weights.cell_sum,
        "the mean absolute percentage error of the cell sum");
    add("--weight-single-shower", weights.single_shower,
        "the matching shower by shower, in the warm-up");
    add("--weight-adversarial", weights.adversarial, "the cross-entropy of the real/fake head");
}

/// Names for values; help shows the names.
template <class Value>
CLI::Validator choices(std::map<std::string, Value> const& by_name)
{
    std::string names;
    for (auto const& [name, value] : by_name) names += (names.empty() ? "" : ",") + name;
    return CLI::CheckedTransformer(by_name).description("{" + names + "}");
}

void add_choices(CLI::App& app, training::TrainingConfig& training)
{
    std::map<std::string, training::Normalisation> const normalisations{
        {"batch", training::Normalisation::batch}, {"constant", training::Normalisation::constant}};
    app.add_option("--normalisation", training.normalisation,
                   "Of the generator: by each batch's statistics, or by constants")
        ->transform(choices(normalisations));
    std::map<std::string, training::RateUnit> const units{
        {"absolute", training::RateUnit::absolute}, {"relative", training::RateUnit::relative}};
    app.add_option("--generator-rate-unit", training.generator_rate_unit,
                   "absolute, or relative to the size of each tensor's weights")
        ->transform(choices(units));
}

void add_recipe(CLI::App& app, training::TrainingConfig& training)
{
    auto add = [&app]<class Number>(char const* name, Number& number, char const* meaning,
                                    NumberRange<std::type_identity_t<Number>> range) {
        add_number(app, name, number, meaning, range)->capture_default_str();
    };
    add("--seed", training.seed, "Of all random numbers", {});
    add("--batch", training.batch, "Showers a step", {8, 4096});
    add("--generator-rate", training.generator_rate, "Adam's learning rate", {.least = 0.0});
    add("--discriminator-rate", training.discriminator_rate, "Adam's learning rate",
        {.least = 0.0});
    add("--generator-dropout", training.generator_dropout, "Share of dropped numbers", {0.0, 0.99});
    add("--discriminator-dropout", training.discriminator_dropout, "Share of dropped numbers",
        {0.0, 0.99});
    add("--linear-epochs", training.linear_epochs, "Epochs before the last ReLU joins",
        {.least = 0.0});
    add("--warm-up-epochs", training.warm_up_epochs,
        "Epochs that teach the mean shower of each energy, without adversary", {.least = 0.0});
    add("--gradient-limit", training.gradient_limit,
        "Largest norm of a generator step's gradient; 0: none (lean: twice the usual one in any "
        "case)",
        {.least = 0.0});
    add("--ramp-steps", training.ramp_steps,
        "Steps over which the rates rise to their values (Adam's first steps are large)",
        {.least = 0});
    add("--decay-steps", training.decay_steps,
        "Step by which the rates have fallen to 2 %, along half a cosine; 0: never", {.least = 0});
    add("--members", training.members,
        "Let the rates fall so many times within --decay-steps, and keep the network of each fall, "
        "for an ensemble; 0: once, the best network",
        {0, training::most_members});
    add("--average-decay", training.average_decay,
        "Moving average of the generator's weights; 0: none", {0.0, 1.0});
    add_choices(app, training);
    add_losses(app, training.weights);
}

void add_paired_recipe(CLI::App& app, TrainOptions& options)
{
    std::map<std::string, training::Recipe> const recipes{{"study", training::Recipe::study},
                                                          {"paired", training::Recipe::paired}};
    app.add_option("--recipe", options.recipe,
                   "Of conv2d and conv3d: against the study's discriminator, or paired with real "
                   "showers against lean's critic")
        ->transform(choices(recipes));
    app.add_flag("--free-latents", options.free_latents,
                 "Leave the latent vectors' norm as it is drawn, as the study did");
    app.add_option("--layer-flow", options.start.layer_flow,
                   "Trained lean (its best.pt) whose flow tells what layer energies a shower was "
                   "to have (paired)");
    add_number(app, "--factor-rank", options.training.factor_rank,
               "Train large kernels as a column and a row with this many channels between; 0: "
               "as they are (paired)",
               {0, 512})
        ->capture_default_str();
    add_number(app, "--weight-layers", options.training.weight_layers,
               "Weight of the differences of layers from a partner's (paired)", {.least = 0.0})
        ->capture_default_str();
    add_number(app, "--weight-outliers", options.training.weight_outliers,
               "Weight of what a shower has that no real one has for its layers and entry "
               "point (paired)",
               {.least = 0.0})
        ->capture_default_str();
    add_number(
        app, "--settling-showers", options.training.settling_showers,
        "Set right how total energy and depth vary in a network that is exported, by as many "
        "showers; 0: leave them as they are (paired)",
        {.least = 0})
        ->capture_default_str();
}

void add_lean_recipe(CLI::App& app, training::LeanRecipe& recipe)
{
    auto add = [&app]<class Number>(char const* name, Number& number, char const* meaning,
                                    NumberRange<std::type_identity_t<Number>> range) {
        add_number(app, name, number, std::string(meaning) + " (lean)", range)
            ->capture_default_str();
    };
    add("--head-steps", recipe.head_steps, "Steps of the energy head, before the shapes begin",
        {.least = 0});
    add("--head-batch", recipe.head_batch, "Showers a step of the energy head", {2, 65536});
    add("--head-rate", recipe.head_rate, "Adam's learning rate of the energy head", {.least = 0.0});
    add("--gradient-penalty", recipe.gradient_penalty, "Weight of the critic's gradient (R1)",
        {.least = 0.0});
    add("--penalty-interval", recipe.penalty_interval, "Steps between gradient penalties",
        {.least = 1});
    for (auto const& term : training::matching_terms)
        add_number(app, "--weight-" + std::string(term.name), recipe.*term.weight,
                   "Weight of " + std::string(term.meaning) +
                       (term.paired ? " (lean, paired)" : " (lean)"),
                   {.least = 0.0})
            ->capture_default_str();
    add("--matching-memory", recipe.matching_memory,
        "Share of the last steps' difference that the matching keeps", {0.0, 0.999});
}

void add_fine_recipe(CLI::App& app, training::FineWidths& widths)
{
    auto add = [&](char const* name, std::int64_t& width, char const* meaning, std::int64_t least) {
        add_number(app, name, width, std::string(meaning) + " (fine)",
                   {least, training::most_fine_width})
            ->capture_default_str();
    };
    add("--trunk-width", widths.trunk,
        "Width of the networks that divide blocks: narrower is faster and less faithful", 1);
    add("--energy-width", widths.energy, "Width of what divides their energies", 1);
    add("--single-width", widths.single,
        "Width of the networks that divide blocks of a single hit; 0: they have none of their own",
        0);
}

void add_pass_recipe(CLI::App& app, training::PassWidths& widths)
{
    auto add = [&](char const* name, std::int64_t& width, char const* meaning) {
        add_number(app, name, width, std::string(meaning) + " (passes)",
                   {1, training::most_fine_width})
            ->capture_default_str();
    };
    add("--hidden-width", widths.hidden, "Numbers of a cell: fewer are faster and less faithful");
    add("--context-width", widths.context, "Width of the networks of layers");
    add("--faint-width", widths.energy, "Width of the networks of hits' energies");
    add("--bright-width", widths.bright, "Width of the networks of bright hits' energies");
}

std::string known_architecture(std::string const& name)
{
    try {
        training::parse_architecture(name);
        return {};
    } catch (InputError const& error) {
        return error.what();
    }
}

}  // namespace

void add_train_options(CLI::App& app, TrainOptions& options)
{
    app.add_option("--arch", options.architecture, "conv3d, conv2d, lean, fine or passes")
        ->check(known_architecture, "NAME")
        ->capture_default_str();
    app.add_option("--data", options.data, "Shower files (HDF5)");
    app.add_option("--out", options.folder, "Folder for checkpoints, curves and best.pt");
    app.add_option("--precision", options.precision, "f32 or bf16 (mixed precision)")
        ->check(CLI::IsMember({"f32", "bf16"}))
        ->capture_default_str();
    app.add_option("--device", options.device)
        ->check(CLI::IsMember({"cpu", "cuda"}))
        ->capture_default_str();
    add_threads(app, options.threads, "CPU threads; 0: all");
    app.add_flag("--resume", options.start.resumed, "Go on from the newest checkpoint in --out");
    add_bad_cell_options(app, options.skip_bad_showers, options.negative_cells,
                         {data::NegativeCells::error, data::NegativeCells::zero});
    add_detector_option(app, options.detector, "Of files that do not say their own");
    app.add_flag("--no-symmetries", options.no_symmetries,
                 "Do not mirror and turn showers in x and y");
    app.add_option("--start-from", options.start.start_from,
                   "Start with the weights of this exported network (ONNX; lean, fine, passes: "
                   "best.pt; fine: of a wider one, too) instead of random ones");
    app.add_option("--export", options.export_to,
                   "Write the best network of --out to this ONNX file, and do nothing else");
    add_number(app, "--member", options.member,
               "With --export: not the best network, but the one of this fall of the rates",
               {1, training::most_members});
    add_schedule(app, options);
    add_recipe(app, options.training);
    add_paired_recipe(app, options);
    add_lean_recipe(app, options.training.lean);
    add_fine_recipe(app, options.training.fine);
    add_pass_recipe(app, options.training.passes);
}

}  // namespace lowcal::cli
