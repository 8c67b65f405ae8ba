// lowcal-train: the trainer, a program of its own because LibTorch pulls some 285 shared objects.

#include "cli/classify_main.hpp"
#include "cli/training_showers.hpp"
#include "core/error.hpp"
#include "graph/onnx_file.hpp"
#include "training/export.hpp"
#include "training/import.hpp"
#include "training/lean_trainer.hpp"
#include "training/trainer.hpp"
#include "training/training_loop.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <torch/torch.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace lowcal;

volatile std::sig_atomic_t stop_signal = 0;

struct Options {
    std::string architecture = "conv2d";
    std::vector<std::filesystem::path> data;
    std::filesystem::path folder;
    std::string precision = "f32";
    std::string device = "cpu";
    int threads = 0;
    std::int64_t held_out = 400;
    bool resume = false;
    bool skip_bad_showers = false;
    bool no_symmetries = false;
    std::filesystem::path start_from;
    std::filesystem::path export_to;
    training::TrainingConfig training{};
    training::LoopConfig loop{};
};

void add_schedule(CLI::App& app, Options& options)
{
    app.add_option("--steps", options.loop.steps, "Stop after this many steps in all")
        ->capture_default_str();
    app.add_option("--minutes", options.loop.minutes, "Stop after this time in all; 0: no limit")
        ->capture_default_str();
    app.add_option("--checkpoint-minutes", options.loop.checkpoint_minutes, "Between checkpoints")
        ->capture_default_str();
    app.add_option("--physics-minutes", options.loop.physics_minutes,
                   "Between looks at the physics of held-out showers")
        ->capture_default_str();
    app.add_option(
           "--held-out", options.held_out,
           "Showers kept out of the training to judge it: the last of every file, in equal shares")
        ->capture_default_str();
}

void add_recipe(CLI::App& app, training::TrainingConfig& training)
{
    app.add_option("--seed", training.seed)->capture_default_str();
    app.add_option("--batch", training.batch, "Showers a step")
        ->check(CLI::Range(8, 4096))
        ->capture_default_str();
    app.add_option("--generator-rate", training.generator_rate, "Adam's learning rate")
        ->capture_default_str();
    app.add_option("--discriminator-rate", training.discriminator_rate, "Adam's learning rate")
        ->capture_default_str();
    app.add_option("--generator-dropout", training.generator_dropout)->capture_default_str();
    app.add_option("--discriminator-dropout", training.discriminator_dropout)
        ->capture_default_str();
    app.add_option("--linear-epochs", training.linear_epochs, "Epochs before the last ReLU joins")
        ->capture_default_str();
    app.add_option("--warm-up-epochs", training.warm_up_epochs,
                   "Epochs that teach the mean shower of each energy, without adversary")
        ->capture_default_str();
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
    app.add_option("--gradient-limit", training.gradient_limit,
                   "Largest norm of a generator step's gradient; 0: none (lean: "
                   "twice the usual one in any case)")
        ->capture_default_str();
    app.add_option("--ramp-steps", training.ramp_steps,
                   "Steps over which the rates rise to their values (Adam's first steps are large)")
        ->capture_default_str();
    app.add_option("--decay-steps", training.decay_steps,
                   "Step by which the rates have fallen to 2 %, along half a cosine; 0: never")
        ->capture_default_str();
    app.add_option("--average-decay", training.average_decay,
                   "Moving average of the generator's weights; 0: none")
        ->capture_default_str();
    app.add_option("--weight-mean-shower", training.weights.mean_shower,
                   "Weight of the matching of mean showers; 0: the study's three losses alone")
        ->capture_default_str();
    app.add_option("--weight-mean-response", training.weights.mean_response,
                   "Weight of the matching of the mean cell sum over all energies")
        ->capture_default_str();
    app.add_option("--weight-cell-sum", training.weights.cell_sum,
                   "Weight of the mean absolute percentage error of the cell sum")
        ->capture_default_str();
    app.add_option("--weight-single-shower", training.weights.single_shower,
                   "Weight of the matching shower by shower, in the warm-up")
        ->capture_default_str();
    app.add_option("--weight-adversarial", training.weights.adversarial,
                   "Weight of the cross-entropy of the real/fake head")
        ->capture_default_str();
}

void add_lean_recipe(CLI::App& app, training::LeanRecipe& recipe)
{
    auto add = [&app](char const* name, auto& number, char const* meaning) {
        return app.add_option(name, number, std::string(meaning) + " (lean)")
            ->capture_default_str();
    };
    add("--head-steps", recipe.head_steps, "Steps of the energy head, before the shapes begin")
        ->check(CLI::NonNegativeNumber);
    add("--head-batch", recipe.head_batch, "Showers a step of the energy head")
        ->check(CLI::Range(2, 65536));
    add("--head-rate", recipe.head_rate, "Adam's learning rate of the energy head");
    add("--gradient-penalty", recipe.gradient_penalty, "Weight of the critic's gradient (R1)")
        ->check(CLI::NonNegativeNumber);
    add("--penalty-interval", recipe.penalty_interval, "Steps between gradient penalties")
        ->check(CLI::PositiveNumber);
    add("--weight-image", recipe.weight_image, "Weight of the matching of mean images");
    add("--weight-depth", recipe.weight_depth,
        "Weight of the matching of cells' mean deviations from their neighbours in depth");
    add("--weight-profile", recipe.weight_profile, "Weight of the matching of lateral profiles");
    add("--weight-features", recipe.weight_features,
        "Weight of the matching of hits, moments and core shares");
    add("--weight-spectrum", recipe.weight_spectrum,
        "Weight of the matching of the spectrum of cells, bin by bin");
    add("--weight-products", recipe.weight_products,
        "Weight of the matching of correlations between those");
    add("--weight-scale", recipe.weight_scale,
        "Weight of the square of the log that brings cells to their layer's energy");
    add("--matching-memory", recipe.matching_memory,
        "Share of the last steps' difference that the matching keeps")
        ->check(CLI::Range(0.0, 0.999));
}

void set_up(CLI::App& app, Options& options)
{
    app.add_option("--arch", options.architecture, "conv3d, conv2d or lean")->capture_default_str();
    app.add_option("--data", options.data, "Shower files (HDF5)");
    app.add_option("--out", options.folder, "Folder for checkpoints, curves and best.pt");
    app.add_option("--precision", options.precision, "f32 or bf16 (mixed precision)")
        ->check(CLI::IsMember({"f32", "bf16"}))
        ->capture_default_str();
    app.add_option("--device", options.device)
        ->check(CLI::IsMember({"cpu", "cuda"}))
        ->capture_default_str();
    app.add_option("--threads", options.threads, "CPU threads; 0: all")->capture_default_str();
    app.add_flag("--resume", options.resume, "Go on from the newest checkpoint in --out");
    app.add_flag("--skip-bad-showers", options.skip_bad_showers);
    app.add_flag("--no-symmetries", options.no_symmetries,
                 "Do not mirror and turn showers in x and y");
    app.add_option("--start-from", options.start_from,
                   "Start with the weights of this exported network (ONNX; lean: best.pt) instead "
                   "of random ones");
    app.add_option("--export", options.export_to,
                   "Write the best network of --out to this ONNX file, and do nothing else");
    add_schedule(app, options);
    add_recipe(app, options.training);
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

/// Starts from the weights of another network where that is asked for.
void start_from_file(Options const& options, training::Trainer& trainer)
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

std::unique_ptr<training::TrainingRun> make_training(Options const& options,
                                                     training::TrainingConfig const& config,
                                                     training::ShowerSet const& showers,
                                                     torch::Device device)
{
    if (config.architecture == training::Architecture::lean) {
        auto trainer = std::make_unique<training::LeanTrainer>(config, showers, device);
        start_from_file(options, *trainer);
        return trainer;
    }
    auto trainer = std::make_unique<training::Trainer>(config, showers, device);
    start_from_file(options, *trainer);
    return trainer;
}

int train(Options& options)
{
    if (options.folder.empty()) throw InputError("--out is missing", "no folder to train in");
    if (!options.export_to.empty()) {
        training::export_best(options.folder, options.export_to);
        return 0;
    }
    if (options.data.empty()) throw InputError("--data is missing", "no showers to train on");
    std::filesystem::create_directories(options.folder);
    if (!options.resume) require_fresh_folder(options.folder);
    auto const all_threads = static_cast<int>(std::thread::hardware_concurrency());
    at::set_num_threads(options.threads > 0 ? options.threads : all_threads);
    auto const device = choose_device(options);
    auto const config = make_config(options, device);
    auto const showers = cli::read_training_showers(
        options.data, {.held_out = options.held_out, .skip_bad = options.skip_bad_showers});
    auto const training = make_training(options, config, showers.training, device);
    training::PhysicsMonitor const monitor(showers.held_out);
    options.loop.folder = options.folder;
    training::LoopState state;
    if (options.resume)
        state = training::load_checkpoint(training::newest_checkpoint(options.folder), *training);
    fmt::print(stderr, "{} on {} showers, {} held out; {} steps done\n",
               training::name_of(config.architecture), showers.training.count(),
               showers.held_out.count(), training->steps_done());
    auto const end = training::run_training(*training, monitor, options.loop, state,
                                            [] { return stop_signal != 0; });
    if (end == training::LoopEnd::not_a_number)
        throw InputError(fmt::format("training stopped at step {}: a loss is not a number",
                                     training->steps_done()),
                         "the last checkpoint is kept", "resume it with smaller learning rates");
    if (end == training::LoopEnd::stopped) fmt::print(stderr, "Stopped; go on with --resume.\n");
    return 0;
}

/// What the recipe begins with: a checkpoint's, or the architecture's own.
training::TrainingConfig recipe_before_options(Options const& options)
{
    if (options.resume)
        return training::read_checkpoint_config(training::newest_checkpoint(options.folder));
    return training::default_config(training::parse_architecture(options.architecture));
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], "classify") == 0)
        return lowcal::cli::classify_main(argc - 1, argv + 1);
    CLI::App app("Trains a 3DGAN on calorimeter showers.", "lowcal train");
    Options options;
    set_up(app, options);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        // What the command line gives goes on top, once the architecture is known.
        options.training = recipe_before_options(options);
        app.parse(argc, argv);
    } catch (InputError const& error) {
        fmt::print(stderr, "lowcal train: {}\n", error.what());
        return 1;
    }
    std::signal(SIGINT, [](int) { stop_signal = 1; });
    std::signal(SIGTERM, [](int) { stop_signal = 1; });
    try {
        return train(options);
    } catch (InputError const& error) {
        fmt::print(stderr, "lowcal train: {}\n", error.what());
        return 1;
    } catch (std::exception const& error) {
        fmt::print(stderr, "lowcal train: unexpected: {}\n", error.what());
        return 1;
    }
}
