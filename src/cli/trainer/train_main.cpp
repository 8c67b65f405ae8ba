// lowcal-train: the trainer, a program of its own because LibTorch pulls some 285 shared objects.

#include "cli/options/detector_option.hpp"
#include "cli/options/number_option.hpp"
#include "cli/options/program.hpp"
#include "cli/trainer/classify_main.hpp"
#include "cli/trainer/train_ranks.hpp"
#include "cli/trainer/train_readers.hpp"
#include "cli/trainer/training_showers.hpp"
#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "training/exporting/export.hpp"
#include "training/exporting/import.hpp"
#include "training/fine/fine_trainer.hpp"
#include "training/lean/lean_trainer.hpp"
#include "training/loop/training_loop.hpp"
#include "training/study/paired_trainer.hpp"
#include "training/study/trainer.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <torch/torch.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace lowcal;

volatile std::sig_atomic_t stop_signal = 0;

/// Of lean, behind those of its energy head, where --steps does not say it.
constexpr std::int64_t usual_shape_steps = 10000;

struct Options {
    std::string architecture = "conv2d";
    training::Recipe recipe = training::Recipe::study;
    bool free_latents = false;
    std::filesystem::path layer_flow;
    std::vector<std::filesystem::path> data;
    std::filesystem::path folder;
    std::string precision = "f32";
    std::string device = "cpu";
    int threads = 0;
    std::int64_t held_out = 400;
    std::filesystem::path detector;
    bool resume = false;
    bool skip_bad_showers = false;
    bool no_symmetries = false;
    std::filesystem::path start_from;
    std::filesystem::path export_to;
    std::filesystem::path checkpoint{};  ///< to go on from, with --resume
    training::TrainingConfig training{};
    training::LoopConfig loop{};
};

void add_schedule(CLI::App& app, Options& options)
{
    auto& loop = options.loop;
    auto add = [&app](char const* name, auto& number, char const* meaning, auto least) {
        cli::add_number(app, name, number, meaning, {.least = least})->capture_default_str();
    };
    constexpr std::int64_t none = 0;
    add("--steps", loop.steps,
        "Stop after this many steps in all; lean: its head's and 10000, if not given", none);
    add("--minutes", loop.minutes, "Stop after this time in all; 0: no limit", 0.0);
    cli::add_number(app, "--log-steps", loop.log_steps, "Steps averaged in a line of losses.csv",
                    {.least = 1})
        ->capture_default_str();
    add("--checkpoint-minutes", loop.checkpoint_minutes, "Between checkpoints", 0.0);
    add("--physics-minutes", loop.physics_minutes,
        "Between looks at the physics of held-out showers", 0.0);
    add("--held-out", options.held_out,
        "Showers kept out of the training to judge it: the last of every file, in equal shares",
        none);
}

void add_losses(CLI::App& app, training::LossWeights& weights)
{
    auto add = [&app](char const* name, double& weight, char const* meaning) {
        cli::add_number(app, name, weight, "Weight of " + std::string(meaning), {.least = 0.0})
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

void add_choices(CLI::App& app, training::TrainingConfig& training)
{
    std::map<std::string, training::Normalisation> const normalisations{
        {"batch", training::Normalisation::batch}, {"constant", training::Normalisation::constant}};
    app.add_option("--normalisation", training.normalisation,
                   "Of the generator: by each batch's statistics, or by constants")
        ->transform(CLI::CheckedTransformer(normalisations));
    std::map<std::string, training::RateUnit> const units{
        {"absolute", training::RateUnit::absolute}, {"relative", training::RateUnit::relative}};
    app.add_option("--generator-rate-unit", training.generator_rate_unit,
                   "absolute, or relative to the size of each tensor's weights")
        ->transform(CLI::CheckedTransformer(units));
}

void add_recipe(CLI::App& app, training::TrainingConfig& training)
{
    auto add = [&app]<class Number>(char const* name, Number& number, char const* meaning,
                                    cli::NumberRange<std::type_identity_t<Number>> range) {
        cli::add_number(app, name, number, meaning, range)->capture_default_str();
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
    add("--average-decay", training.average_decay,
        "Moving average of the generator's weights; 0: none", {0.0, 1.0});
    add_choices(app, training);
    add_losses(app, training.weights);
}

void add_paired_recipe(CLI::App& app, Options& options)
{
    std::map<std::string, training::Recipe> const recipes{{"study", training::Recipe::study},
                                                          {"paired", training::Recipe::paired}};
    app.add_option("--recipe", options.recipe,
                   "Of conv2d and conv3d: against the study's discriminator, or paired with real "
                   "showers against lean's critic")
        ->transform(CLI::CheckedTransformer(recipes));
    app.add_flag("--free-latents", options.free_latents,
                 "Leave the latent vectors' norm as it is drawn, as the study did");
    app.add_option("--layer-flow", options.layer_flow,
                   "Trained lean (its best.pt) whose flow tells what layer energies a shower was "
                   "to have (paired)");
    cli::add_number(app, "--factor-rank", options.training.factor_rank,
                    "Train large kernels as a column and a row with this many channels between; 0: "
                    "as they are (paired)",
                    {0, 512})
        ->capture_default_str();
    cli::add_number(app, "--weight-layers", options.training.weight_layers,
                    "Weight of the differences of layers from a partner's (paired)", {.least = 0.0})
        ->capture_default_str();
    cli::add_number(app, "--weight-outliers", options.training.weight_outliers,
                    "Weight of what a shower has that no real one has for its layers and entry "
                    "point (paired)",
                    {.least = 0.0})
        ->capture_default_str();
}

void add_lean_recipe(CLI::App& app, training::LeanRecipe& recipe)
{
    auto add = [&app]<class Number>(char const* name, Number& number, char const* meaning,
                                    cli::NumberRange<std::type_identity_t<Number>> range) {
        cli::add_number(app, name, number, std::string(meaning) + " (lean)", range)
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
    auto weight = [&add](char const* name, double& number, char const* meaning) {
        add(name, number, meaning, {.least = 0.0});
    };
    weight("--weight-image", recipe.weight_image, "Weight of the matching of mean images");
    weight("--weight-depth", recipe.weight_depth,
           "Weight of the matching of cells' mean deviations from their neighbours in depth");
    weight("--weight-profile", recipe.weight_profile, "Weight of the matching of lateral profiles");
    weight("--weight-features", recipe.weight_features,
           "Weight of the matching of hits, moments and core shares");
    weight("--weight-spectrum", recipe.weight_spectrum,
           "Weight of the matching of the spectrum of cells, bin by bin");
    weight("--weight-products", recipe.weight_products,
           "Weight of the matching of correlations between those");
    weight("--weight-scale", recipe.weight_scale,
           "Weight of the square of the log that brings cells to their layer's energy");
    add("--matching-memory", recipe.matching_memory,
        "Share of the last steps' difference that the matching keeps", {0.0, 0.999});
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

void set_up(CLI::App& app, Options& options)
{
    app.add_option("--arch", options.architecture, "conv3d, conv2d, lean or fine")
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
    cli::add_threads(app, options.threads, "CPU threads; 0: all");
    app.add_flag("--resume", options.resume, "Go on from the newest checkpoint in --out");
    app.add_flag("--skip-bad-showers", options.skip_bad_showers);
    cli::add_detector_option(app, options.detector, "Of files that do not say their own");
    app.add_flag("--no-symmetries", options.no_symmetries,
                 "Do not mirror and turn showers in x and y");
    app.add_option("--start-from", options.start_from,
                   "Start with the weights of this exported network (ONNX; lean: best.pt) instead "
                   "of random ones");
    app.add_option("--export", options.export_to,
                   "Write the best network of --out to this ONNX file, and do nothing else");
    add_schedule(app, options);
    add_recipe(app, options.training);
    add_paired_recipe(app, options);
    add_lean_recipe(app, options.training.lean);
}

torch::Device choose_device(Options const& options)
{
    if (options.device == "cpu") return torch::kCPU;
    if (!torch::cuda::is_available())
        throw InputError("--device cuda", "LibTorch finds no CUDA device", "use --device cpu");
    return torch::kCUDA;
}

training::TrainingPrecision choose_precision(Options const& options, torch::Device device)
{
    if (options.precision == "f32") return training::TrainingPrecision::float32;
    if (device.is_cpu() && !training::cpu_has_bfloat16()) {
        fmt::print(stderr, "This CPU has no bfloat16 arithmetic: training in float32.\n");
        return training::TrainingPrecision::float32;
    }
    return training::TrainingPrecision::bfloat16;
}

training::TrainingConfig make_config(Options const& options, torch::Device device)
{
    auto config = options.training;
    if (options.resume) return config;
    config.precision = choose_precision(options, device);
    if (options.free_latents) config.latent_norm = training::LatentNorm::free;
    if (options.no_symmetries) config.symmetries = training::Symmetries::none;
    return config;
}

void require_fresh_folder(std::filesystem::path const& folder)
{
    if (training::has_checkpoint(folder))
        throw InputError(folder.string() + " holds a training already", "",
                         "go on with --resume or choose another --out");
}

void require_same(training::Architecture found, training::Architecture wanted,
                  std::filesystem::path const& file)
{
    if (found != wanted)
        throw InputError(file.string() + " is another architecture", "", "choose --arch to match");
}

/// The geometry of the network that is trained on; none where it begins anew.
std::optional<training::ShowerGeometry> known_geometry(Options const& options,
                                                       training::TrainingConfig const& config)
{
    if (options.resume) return config.geometry;
    for (auto const& file : {options.start_from, options.layer_flow})
        if (!file.empty() && file.extension() != ".onnx")
            return training::read_checkpoint_config(file).geometry;
    return std::nullopt;
}

/// The study's networks are made for one grid; ours need layers behind each other.
void require_suitable(training::TrainingConfig const& config)
{
    constexpr std::size_t fewest_layers = 5;
    auto const& detector = config.geometry.detector;
    auto const problem = "cannot train " + std::string(name_of(config.architecture)) + " for " +
                         cells_text(detector);
    if (is_ours(config.architecture)) {
        if (detector.layers() < fewest_layers)
            throw InputError(problem, fmt::format("it needs {} layers at least", fewest_layers));
        return;
    }
    auto const difference = cells_difference(detector, clic_detector());
    if (!difference.empty())
        throw InputError(problem,
                         "it makes the cells of " + clic_detector().name + ": " + difference,
                         "--arch lean takes any detector");
    if (!config.geometry.conditions.empty())
        throw InputError(problem,
                         "the showers' " + config.geometry.conditions.front().name +
                             " varies, which it cannot be told",
                         "--arch lean can");
}

/// Starts from the weights of another network where that is asked for.
template <class StudyTrainer>
void start_from_file(Options const& options, StudyTrainer& trainer)
{
    if (options.start_from.empty() || options.resume) return;
    auto const generator = training::generator_from(graph::read_onnx(options.start_from));
    require_same(generator->architecture(), trainer.config().architecture, options.start_from);
    trainer.start_from(generator);
}

void start_from_file(Options const& options, training::LeanTrainer& trainer)
{
    if (options.start_from.empty() || options.resume) return;
    if (options.start_from.extension() == ".onnx")
        throw InputError("cannot start lean from " + options.start_from.string(),
                         "an exported lean has no form that a training could go on from",
                         "give the best.pt of a training's folder");
    auto const found = training::read_checkpoint_config(options.start_from).architecture;
    require_same(found, training::Architecture::lean, options.start_from);
    trainer.start_from(training::load_lean(options.start_from).generator);
}

/// The flow of layer energies that --layer-flow names; a resumed training has its own.
training::EnergyHead read_flow(Options const& options)
{
    if (options.resume) return training::EnergyHead(options.training.geometry);
    if (options.layer_flow.empty())
        throw InputError("--recipe paired needs --layer-flow", "no flow of layer energies is given",
                         "name the best.pt of a training of lean");
    auto const found = training::read_checkpoint_config(options.layer_flow).architecture;
    require_same(found, training::Architecture::lean, options.layer_flow);
    return training::load_lean(options.layer_flow).generator->head;
}

std::unique_ptr<training::TrainingRun> make_training(Options const& options,
                                                     training::TrainingConfig const& config,
                                                     training::ShowerSet const& showers,
                                                     torch::Device device,
                                                     training::Ranks const& ranks)
{
    if (config.architecture == training::Architecture::lean) {
        auto trainer = std::make_unique<training::LeanTrainer>(config, showers, device, ranks);
        start_from_file(options, *trainer);
        return trainer;
    }
    if (config.architecture == training::Architecture::fine)
        return std::make_unique<training::FineTrainer>(config, showers, device);
    if (config.recipe == training::Recipe::paired) {
        auto trainer = std::make_unique<training::PairedTrainer>(config, showers,
                                                                 read_flow(options), device, ranks);
        start_from_file(options, *trainer);
        return trainer;
    }
    auto trainer = std::make_unique<training::Trainer>(config, showers, device);
    start_from_file(options, *trainer);
    return trainer;
}

void train(Options& options)
{
    if (options.folder.empty()) throw UsageError("--out", "is missing: no folder to train in");
    if (!options.export_to.empty()) {
        require_output_path(options.export_to);
        training::export_best(options.folder, options.export_to);
        return;
    }
    if (options.data.empty()) throw UsageError("--data", "is missing: no showers to train on");
    std::filesystem::create_directories(options.folder);
    auto const joined = cli::ranks_of_environment();
    auto const& ranks = joined ? *joined : training::one_process();
    cli::require_shareable(options.training, ranks);
    if (!options.resume && ranks.is_first()) require_fresh_folder(options.folder);
    at::set_num_threads(thread_count(options.threads));
    auto const device = choose_device(options);
    auto config = make_config(options, device);
    auto const showers = cli::read_training_showers(
        options.data, {.held_out = options.held_out,
                       .skip_bad = options.skip_bad_showers,
                       .detector = cli::read_detector_option(options.detector),
                       .geometry = known_geometry(options, config)});
    if (!showers.remark.empty()) fmt::print(stderr, "{}\n", printable(showers.remark));
    config.geometry = showers.training.geometry;
    require_suitable(config);
    auto const training = make_training(options, config, showers.training, device, ranks);
    training::PhysicsMonitor const monitor(showers.held_out);
    options.loop.folder = options.folder;
    training::LoopState state;
    if (options.resume) state = training::load_checkpoint(options.checkpoint, *training);
    cli::require_agreement(*training, showers.training, options.loop, ranks);
    if (ranks.size() > 1 && ranks.is_first()) fmt::print(stderr, "{} ranks, ", ranks.size());
    if (ranks.is_first())
        fmt::print(stderr, "{} on {} showers, {} held out; {} steps done\n",
                   training::name_of(config.architecture), showers.training.count(),
                   showers.held_out.count(), training->steps_done());
    auto const end = training::run_training(
        *training, monitor, options.loop, state, [] { return stop_signal != 0; }, ranks);
    if (end == training::LoopEnd::not_a_number)
        throw InputError(fmt::format("training stopped at step {}: a loss is not a number",
                                     training->steps_done()),
                         "the last checkpoint is kept", "resume it with smaller learning rates");
    if (end == training::LoopEnd::stopped && ranks.is_first())
        fmt::print(stderr, "Stopped; go on with --resume.\n");
}

/// The newest whole checkpoint; says which newer ones are not.
std::filesystem::path checkpoint_to_resume(std::filesystem::path const& folder)
{
    auto const found = training::find_checkpoint(folder);
    for (auto const& damaged : found.damaged)
        fmt::print(stderr, "Warning: {}; going on from {}\n", damaged, found.file.string());
    return found.file;
}

/// What the recipe begins with: a checkpoint's, or the architecture's own.
training::TrainingConfig recipe_before_options(Options& options)
{
    if (options.resume) {
        options.checkpoint = checkpoint_to_resume(options.folder);
        return training::read_checkpoint_config(options.checkpoint);
    }
    return training::default_config(training::parse_architecture(options.architecture),
                                    options.recipe);
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], "classify") == 0)
        return lowcal::cli::classify_main(argc - 1, argv + 1);
    CLI::App app("Trains a 3DGAN on calorimeter showers.", "lowcal train");
    Options options;
    set_up(app, options);
    return cli::run_program(app, [&] {
        app.parse(argc, argv);
        // What the command line gives goes on top, once the architecture is known.
        options.training = recipe_before_options(options);
        app.parse(argc, argv);
        cli::require_readers(app, options.training);
        bool const lean = options.training.architecture == training::Architecture::lean;
        if (lean && app.count("--steps") == 0)
            options.loop.steps = options.training.lean.head_steps + usual_shape_steps;
        for (int const signal : {SIGINT, SIGTERM, SIGXCPU})
            std::signal(signal, [](int) { stop_signal = 1; });
        train(options);
    });
}
