#include "training/trainings.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "training/exporting/export.hpp"
#include "training/exporting/export_lean.hpp"
#include "training/exporting/export_likelihood.hpp"
#include "training/exporting/import.hpp"
#include "training/lean/lean_trainer.hpp"
#include "training/likelihood/likelihood_trainer.hpp"
#include "training/loop/checkpoint.hpp"
#include "training/loop/members.hpp"
#include "training/loop/training_loop.hpp"
#include "training/study/paired_trainer.hpp"
#include "training/study/trainer.hpp"

#include <algorithm>

namespace lowcal::training {
namespace {

// Steps behind those of the energy head, where nobody says how many.
constexpr std::int64_t usual_shape_steps = 10000;     ///< lean
constexpr std::int64_t usual_division_steps = 26000;  ///< fine
constexpr std::int64_t usual_pass_steps = 20000;      ///< passes

std::int64_t loops_own(TrainingConfig const&)
{
    return LoopConfig{}.steps;
}

/// Behind the head, as long as rates fall.
std::int64_t head_and_fall(TrainingConfig const& config)
{
    auto const usual = default_config(config.architecture).decay_steps;
    return config.lean.head_steps + (config.decay_steps > 0 ? config.decay_steps : usual);
}

std::int64_t head_and_shapes(TrainingConfig const& config)
{
    return config.lean.head_steps + usual_shape_steps;
}

void set_study_defaults(TrainingConfig& config)
{
    config.latent_norm = LatentNorm::fixed;
}

void set_paired_defaults(TrainingConfig& config)
{
    config.recipe = Recipe::paired;
    config.latent_norm = LatentNorm::fixed;
    config.batch = 32;
    config.generator_rate = 0.002;
    config.generator_rate_unit = RateUnit::relative;
    config.discriminator_rate = 3e-4;
    config.generator_dropout = 0.0;
    config.normalisation = Normalisation::constant;
    config.linear_epochs = 0.0;
    config.average_decay = 0.998;
    config.weights.adversarial = 1.0;
    config.weights.cell_sum = 0.02;
}

void set_lean_defaults(TrainingConfig& config)
{
    config.batch = 64;
    config.generator_rate = 4e-4;
    config.discriminator_rate = 4e-4;
}

void set_fine_defaults(TrainingConfig& config)
{
    config.batch = 8;
    config.generator_rate = 2e-3;
    config.average_decay = 0.998;
    config.ramp_steps = 100;
    config.decay_steps = usual_division_steps;
}

void set_pass_defaults(TrainingConfig& config)
{
    config.batch = 16;
    config.generator_rate = 4e-3;
    config.average_decay = 0.998;
    config.ramp_steps = 200;
    config.decay_steps = usual_pass_steps;
}

void require_same(Architecture found, Architecture wanted, std::filesystem::path const& file)
{
    if (found != wanted)
        throw InputError(file.string() + " is another architecture", "", "choose --arch to match");
}

/// Of what has no exported form that a training could start from. Throws InputError where the file
/// to start from is none of the kind.
bool starts_from_best(TrainingStart const& start, Architecture wanted)
{
    auto const& file = start.start_from;
    if (file.empty() || start.resumed) return false;
    auto const name = std::string(name_of(wanted));
    if (file.extension() == ".onnx")
        throw InputError("cannot start " + name + " from " + file.string(),
                         "an exported " + name + " has no form that a training could go on from",
                         "give the best.pt of a training's folder");
    require_same(read_checkpoint_config(file).architecture, wanted, file);
    return true;
}

template <class StudyTrainer>
void start_from_network(TrainingStart const& start, StudyTrainer& trainer)
{
    if (start.start_from.empty() || start.resumed) return;
    auto const generator = generator_from(graph::read_onnx(start.start_from));
    require_same(generator->architecture(), trainer.config().architecture, start.start_from);
    trainer.start_from(generator);
}

std::unique_ptr<TrainingRun> make_study(TrainingConfig const& config, ShowerSet const& showers,
                                        TrainingStart const& start, torch::Device device)
{
    auto trainer = std::make_unique<Trainer>(config, showers, device);
    start_from_network(start, *trainer);
    return trainer;
}

/// The flow of layer energies that partners have; a resumed training has its own.
EnergyHead read_flow(TrainingConfig const& config, TrainingStart const& start)
{
    if (start.resumed) return EnergyHead(config.geometry);
    if (start.layer_flow.empty())
        throw InputError("--recipe paired needs --layer-flow", "no flow of layer energies is given",
                         "name the best.pt of a training of lean");
    require_same(read_checkpoint_config(start.layer_flow).architecture, Architecture::lean,
                 start.layer_flow);
    return load_lean(start.layer_flow).generator->head;
}

std::unique_ptr<TrainingRun> make_paired(TrainingConfig const& config, ShowerSet const& showers,
                                         TrainingStart const& start, torch::Device device)
{
    auto trainer = std::make_unique<PairedTrainer>(config, showers, read_flow(config, start),
                                                   device, *start.ranks);
    start_from_network(start, *trainer);
    return trainer;
}

std::unique_ptr<TrainingRun> make_lean(TrainingConfig const& config, ShowerSet const& showers,
                                       TrainingStart const& start, torch::Device device)
{
    bool const from_best = starts_from_best(start, Architecture::lean);
    auto trainer = std::make_unique<LeanTrainer>(config, showers, device, *start.ranks);
    if (from_best) trainer->start_from(load_lean(start.start_from).generator);
    return trainer;
}

/// Of fine or passes; `load`: of its best.pt.
template <class OwnTrainer, auto load>
std::unique_ptr<TrainingRun> make_by_likelihood(TrainingConfig const& config,
                                                ShowerSet const& showers,
                                                TrainingStart const& start, torch::Device device)
{
    bool const from_best = starts_from_best(start, config.architecture);
    auto trainer = std::make_unique<OwnTrainer>(config, showers, device);
    if (!from_best) return trainer;
    auto const best = load(start.start_from);
    try {
        trainer->start_from(best.generator);
    } catch (InputError const& error) {
        throw InputError(start.start_from.string() + ": " + error.what());
    }
    return trainer;
}

graph::Graph exported_study(std::filesystem::path const& best)
{
    return to_graph(load_generator(best));
}

graph::Graph exported_lean(std::filesystem::path const& best)
{
    return to_graph(load_lean(best));
}

graph::Graph exported_fine(std::filesystem::path const& best)
{
    return to_graph(load_fine(best));
}

graph::Graph exported_passes(std::filesystem::path const& best)
{
    return to_graph(load_passes(best));
}

constexpr TrainingKind kinds[] = {
    {training_bit::study, "--recipe study", set_study_defaults, make_study, exported_study,
     loops_own},
    {training_bit::paired, "--recipe paired", set_paired_defaults, make_paired, exported_study,
     loops_own},
    {training_bit::lean, "--arch lean", set_lean_defaults, make_lean, exported_lean,
     head_and_shapes},
    {training_bit::fine, "--arch fine", set_fine_defaults,
     make_by_likelihood<FineTrainer, load_fine>, exported_fine, head_and_fall},
    {training_bit::passes, "--arch passes", set_pass_defaults,
     make_by_likelihood<PassTrainer, load_passes>, exported_passes, head_and_fall},
};

std::uint32_t bit_of(Architecture architecture, Recipe recipe)
{
    switch (architecture) {
        case Architecture::lean:
            return training_bit::lean;
        case Architecture::fine:
            return training_bit::fine;
        case Architecture::passes:
            return training_bit::passes;
        default:
            return recipe == Recipe::paired ? training_bit::paired : training_bit::study;
    }
}

TrainingKind const& kind_of(Architecture architecture, Recipe recipe)
{
    return *std::ranges::find(kinds, bit_of(architecture, recipe), &TrainingKind::bit);
}

}  // namespace

std::span<TrainingKind const> training_kinds()
{
    return kinds;
}

TrainingKind const& kind_of(TrainingConfig const& config)
{
    return kind_of(config.architecture, config.recipe);
}

TrainingConfig default_config(Architecture architecture, Recipe recipe)
{
    TrainingConfig config;
    config.architecture = architecture;
    kind_of(architecture, recipe).set_defaults(config);
    return config;
}

std::optional<ShowerGeometry> geometry_of(TrainingStart const& start)
{
    for (auto const& file : {start.start_from, start.layer_flow})
        if (!file.empty() && file.extension() != ".onnx")
            return read_checkpoint_config(file).geometry;
    return std::nullopt;
}

void require_suitable(TrainingConfig const& config)
{
    require_members(config);
    constexpr std::int64_t fewest_layers = 5;
    auto const& detector = config.geometry.detector;
    auto const problem = "cannot train " + std::string(name_of(config.architecture)) + " for " +
                         cells_text(detector);
    if (is_ours(config.architecture)) {
        if (config.geometry.layers() < fewest_layers)
            throw InputError(problem,
                             "it needs " + std::to_string(fewest_layers) + " layers at least");
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

void export_network(std::filesystem::path const& folder, std::int64_t member,
                    std::filesystem::path const& onnx_file)
{
    auto const file = member == 0 ? folder / "best.pt" : member_file(folder, member);
    if (!std::filesystem::exists(file))
        throw InputError("no " + file.string(),
                         member == 0 ? "the training has not looked at its physics yet"
                                     : "the training has not come to its end, or has fewer");
    graph::write_onnx(kind_of(read_checkpoint_config(file)).exported(file), onnx_file);
}

}  // namespace lowcal::training
