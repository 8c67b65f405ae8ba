// lowcal-train: the trainer, a program of its own because LibTorch pulls some 285 shared objects.

#include "cli/options/detector_option.hpp"
#include "cli/options/number_option.hpp"
#include "cli/options/program.hpp"
#include "cli/trainer/classify_main.hpp"
#include "cli/trainer/resumed_options.hpp"
#include "cli/trainer/train_options.hpp"
#include "cli/trainer/train_ranks.hpp"
#include "cli/trainer/train_readers.hpp"
#include "cli/trainer/training_showers.hpp"
#include "core/error.hpp"
#include "core/files/network_file.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "training/loop/checkpoint.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <torch/torch.h>

#include <csignal>
#include <cstring>
#include <filesystem>

namespace {

using namespace lowcal;
using cli::TrainOptions;

volatile std::sig_atomic_t stop_signal = 0;

torch::Device choose_device(TrainOptions const& options)
{
    if (options.device == "cpu") return torch::kCPU;
    if (!torch::cuda::is_available())
        throw InputError("--device cuda", "LibTorch finds no CUDA device", "use --device cpu");
    return torch::kCUDA;
}

training::TrainingPrecision choose_precision(TrainOptions const& options, torch::Device device)
{
    if (options.precision == "f32") return training::TrainingPrecision::float32;
    if (device.is_cpu() && !training::cpu_has_bfloat16()) {
        fmt::print(stderr, "This CPU has no bfloat16 arithmetic: training in float32.\n");
        return training::TrainingPrecision::float32;
    }
    return training::TrainingPrecision::bfloat16;
}

training::TrainingConfig make_config(TrainOptions const& options, torch::Device device)
{
    auto config = options.training;
    if (options.start.resumed) return config;
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

void train(TrainOptions& options)
{
    if (options.folder.empty()) throw UsageError("--out", "is missing: no folder to train in");
    if (!options.export_to.empty()) {
        require_network_name(options.export_to);
        require_output_path(options.export_to, FileKind::other);
        training::export_network(options.folder, options.member, options.export_to);
        return;
    }
    if (options.member > 0) throw UsageError("--member", "goes with --export");
    if (options.data.empty()) throw UsageError("--data", "is missing: no showers to train on");
    std::error_code failure;
    std::filesystem::create_directories(options.folder, failure);
    if (failure)
        throw InputError("cannot make the folder " + options.folder.string(), failure.message());
    auto const joined = cli::ranks_of_environment();
    auto const& ranks = joined ? *joined : training::one_process();
    cli::require_shareable(options.training, ranks);
    if (!options.start.resumed && ranks.is_first()) require_fresh_folder(options.folder);
    at::set_num_threads(thread_count(options.threads));
    auto const device = choose_device(options);
    auto config = make_config(options, device);
    auto const showers = cli::read_training_showers(
        options.data, {.held_out = options.held_out,
                       .skip_bad = options.skip_bad_showers,
                       .negative_cells = options.negative_cells,
                       .detector = cli::read_detector_option(options.detector),
                       .geometry = options.start.resumed ? config.geometry
                                                         : training::geometry_of(options.start)});
    if (!showers.remark.empty()) fmt::print(stderr, "{}\n", printable(showers.remark));
    config.geometry = showers.training.geometry;
    training::require_suitable(config);
    options.start.ranks = &ranks;
    auto const training =
        training::kind_of(config).make(config, showers.training, options.start, device);
    training::PhysicsMonitor const monitor(showers.held_out);
    options.loop.folder = options.folder;
    training::LoopState state;
    if (options.start.resumed) state = training::load_checkpoint(options.checkpoint, *training);
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
training::TrainingConfig recipe_before_options(TrainOptions& options)
{
    if (options.start.resumed) {
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
    CLI::App app("Trains a generative network on calorimeter showers.", "lowcal train");
    TrainOptions options;
    cli::add_train_options(app, options);
    return cli::run_program(app, [&] {
        cli::parse(app, argc, argv);
        // What the command line gives goes on top, once the architecture is known.
        auto const before = recipe_before_options(options);
        options.training = before;
        app.parse(argc, argv);
        cli::require_readers(app, options.training);
        if (options.start.resumed) cli::require_as_begun(app, options, before);
        if (app.count("--steps") == 0)
            options.loop.steps = training::kind_of(options.training).usual_steps(options.training);
        for (int const signal : {SIGINT, SIGTERM, SIGXCPU})
            std::signal(signal, [](int) { stop_signal = 1; });
        train(options);
    });
}
