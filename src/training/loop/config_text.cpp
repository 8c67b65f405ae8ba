#include "training/loop/config_text.hpp"

#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "training/lean/matching_terms.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <map>
#include <sstream>
#include <string_view>

namespace lowcal::training {
namespace {

/// Files of earlier versions lack these: they were trained without them.
constexpr std::array<std::string_view, 6> later_numbers{"lean_weight_depth", "weight_outliers",
                                                        "settling_showers",  "members",
                                                        "fine_single",       "fine_development"};
/// Files of earlier versions have this: what it turned on is no more.
constexpr char const* retired = "lean_base_gain";

/// Calls `field(key, member)` for every number of the configuration.
template <class Config, class Field>
void for_each_number(Config& config, Field&& field)
{
    field("seed", config.seed);
    field("batch", config.batch);
    field("generator_rate", config.generator_rate);
    field("discriminator_rate", config.discriminator_rate);
    field("generator_dropout", config.generator_dropout);
    field("discriminator_dropout", config.discriminator_dropout);
    field("linear_epochs", config.linear_epochs);
    field("warm_up_epochs", config.warm_up_epochs);
    field("gradient_limit", config.gradient_limit);
    field("ramp_steps", config.ramp_steps);
    field("decay_steps", config.decay_steps);
    field("members", config.members);
    field("average_decay", config.average_decay);
    field("weight_adversarial", config.weights.adversarial);
    field("weight_energy", config.weights.energy);
    field("weight_cell_sum", config.weights.cell_sum);
    field("weight_mean_shower", config.weights.mean_shower);
    field("weight_mean_response", config.weights.mean_response);
    field("weight_single_shower", config.weights.single_shower);
    field("label_real", config.labels.real);
    field("label_fake", config.labels.fake);
    field("label_flipped", config.labels.flipped);
    bool const lean = config.architecture == Architecture::lean;
    bool const fine = config.architecture == Architecture::fine;
    bool const passes = config.architecture == Architecture::passes;
    if (!lean && !fine && !passes && config.recipe == Recipe::study) return;
    if (lean || fine || passes) {
        field("lean_head_steps", config.lean.head_steps);
        field("lean_head_batch", config.lean.head_batch);
        field("lean_head_rate", config.lean.head_rate);
    }
    if (fine) {
        field("fine_trunk", config.fine.trunk);
        field("fine_energy", config.fine.energy);
        field("fine_single", config.fine.single);
        field("fine_entry", config.fine.entry);
        field("fine_development", config.fine.development);
        return;
    }
    if (passes) {
        field("passes_hidden", config.passes.hidden);
        field("passes_context", config.passes.context);
        field("passes_energy", config.passes.energy);
        field("passes_bright", config.passes.bright);
        field("passes_classes", config.passes.classes);
        field("passes_entry", config.passes.entry);
        return;
    }
    if (!lean) {
        field("factor_rank", config.factor_rank);
        field("weight_layers", config.weight_layers);
        field("weight_outliers", config.weight_outliers);
        field("settling_showers", config.settling_showers);
    }
    field("lean_gradient_penalty", config.lean.gradient_penalty);
    field("lean_penalty_interval", config.lean.penalty_interval);
    for (auto const& term : matching_terms)
        if (lean || term.paired)
            field(("lean_weight_" + std::string(term.name)).c_str(), config.lean.*term.weight);
    field("lean_matching_memory", config.lean.matching_memory);
}

/// Texts of the configuration have no blanks: JSON may have them escaped.
std::string without_blanks(std::string text)
{
    for (auto at = text.find(' '); at != std::string::npos; at = text.find(' ', at))
        text.replace(at, 1, "\\u0020");
    return text;
}

void write_geometry(std::ostream& text, ShowerGeometry const& geometry)
{
    text << "detector " << without_blanks(to_json(geometry.detector)) << '\n'
         << "pdg " << geometry.pdg << '\n'
         << "energy_unit " << geometry.energy_unit << '\n'
         << "cell_unit " << geometry.cell_unit << '\n'
         << "unit_layer " << geometry.unit_layer << '\n'
         << "certain_layer " << geometry.certain_layer << '\n'
         << "conditions ";
    for (auto const& one : geometry.conditions)
        text << one.name << ':' << one.mean << ':' << one.spread << ':' << one.least << ':'
             << one.most << ';';
    text << ".\n";
}

/// `take(key)` gives and removes a text.
template <class Take>
ShowerGeometry read_geometry(Take&& take)
{
    ShowerGeometry geometry;
    geometry.detector = detector_from_json(take("detector"), "training configuration: detector");
    auto const number = [&](char const* key, auto& member) {
        std::istringstream value(take(key));
        if (!(value >> member))
            throw InputError("training configuration: '" + std::string(key) + "' is no number", "");
    };
    number("pdg", geometry.pdg);
    number("energy_unit", geometry.energy_unit);
    number("cell_unit", geometry.cell_unit);
    number("unit_layer", geometry.unit_layer);
    number("certain_layer", geometry.certain_layer);
    std::istringstream list(take("conditions"));
    for (std::string one; std::getline(list, one, ';') && one != ".";) {
        std::istringstream parts(one);
        LearntCondition condition;
        char colon = 0;
        if (!std::getline(parts, condition.name, ':') ||
            !(parts >> condition.mean >> colon >> condition.spread))
            throw InputError("training configuration: '" + one + "' is no condition", "");
        parts >> colon >> condition.least >> colon >> condition.most;  // older trainings end here
        geometry.conditions.push_back(condition);
    }
    bool const possible = geometry.unit_layer >= 0 && geometry.unit_layer < geometry.layers() &&
                          geometry.certain_layer >= 0 && geometry.certain_layer < geometry.layers();
    if (!possible) throw InputError("training configuration: its detector has no such layer", "");
    return geometry;
}

}  // namespace

std::string to_text(TrainingConfig const& config)
{
    std::ostringstream text;
    text << std::setprecision(17);
    text << "architecture " << name_of(config.architecture) << '\n';
    if (!is_ours(config.architecture))
        text << "recipe " << (config.recipe == Recipe::paired ? "paired" : "study") << '\n'
             << "latent_norm " << (config.latent_norm == LatentNorm::fixed ? "fixed" : "free")
             << '\n';
    text << "precision " << (config.precision == TrainingPrecision::bfloat16 ? "bf16" : "f32")
         << '\n';
    text << "symmetries " << (config.symmetries == Symmetries::square ? "square" : "none") << '\n';
    text << "normalisation "
         << (config.normalisation == Normalisation::constant ? "constant" : "batch") << '\n';
    text << "generator_rate_unit "
         << (config.generator_rate_unit == RateUnit::relative ? "relative" : "absolute") << '\n';
    write_geometry(text, config.geometry);
    for_each_number(config,
                    [&](char const* key, auto value) { text << key << ' ' << value << '\n'; });
    return text.str();
}

TrainingConfig config_from_text(std::string const& text)
{
    std::istringstream lines(text);
    std::map<std::string, std::string> values;
    for (std::string key, value; lines >> key >> value;) values[key] = value;
    auto take = [&](char const* key) {
        auto const found = values.find(key);
        if (found == values.end())
            throw InputError("training configuration has no '" + std::string(key) + "'",
                             "it was written by another version");
        auto const value = found->second;
        values.erase(found);
        return value;
    };
    // What files of earlier versions lack is as it was then.
    auto take_or = [&](char const* key, char const* earlier) {
        return values.contains(key) ? take(key) : std::string(earlier);
    };
    TrainingConfig config;
    config.architecture = parse_architecture(take("architecture"));
    config.recipe = take_or("recipe", "study") == "paired" ? Recipe::paired : Recipe::study;
    config.latent_norm =
        take_or("latent_norm", "free") == "fixed" ? LatentNorm::fixed : LatentNorm::free;
    config.precision =
        take("precision") == "bf16" ? TrainingPrecision::bfloat16 : TrainingPrecision::float32;
    config.symmetries = take("symmetries") == "square" ? Symmetries::square : Symmetries::none;
    config.normalisation =
        take("normalisation") == "constant" ? Normalisation::constant : Normalisation::batch;
    config.generator_rate_unit =
        take("generator_rate_unit") == "relative" ? RateUnit::relative : RateUnit::absolute;
    // Files of earlier versions are of the shipped detector.
    if (values.contains("detector")) config.geometry = read_geometry(take);
    for_each_number(config, [&](char const* key, auto& member) {
        if (std::ranges::count(later_numbers, key) > 0 && !values.contains(key)) {
            member = 0;
            return;
        }
        std::istringstream value(take(key));
        if (!(value >> member))
            throw InputError("training configuration: '" + std::string(key) + "' is no number", "");
    });
    values.erase(retired);
    if (!values.empty())
        throw InputError("training configuration has an unknown '" + values.begin()->first + "'",
                         "it was written by another version");
    return config;
}

}  // namespace lowcal::training
