#include "graph/ports/guess_ports.hpp"

#include "core/detector/detector_json.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/ports.hpp"
#include "graph/ports/cell_shape.hpp"
#include "graph/shapes/batch_axis.hpp"
#include "graph/shapes/shape_inference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

/// Fewer numbers than this are no latent vector by their number alone.
constexpr std::int64_t least_latent = 4;

/// "serving_default_energy:0" is "energy", "/gen/Theta" "theta".
std::string bare_name(std::string name)
{
    name = name.substr(0, name.find(':'));
    if (auto const slash = name.find_last_of("/."); slash != std::string::npos)
        name = name.substr(slash + 1);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    constexpr std::string_view prefix = "serving_default_";
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::set<std::string> words_of(std::string const& name)
{
    std::set<std::string> words;
    std::string word;
    for (auto const letter : name + "_")
        if (std::isalpha(static_cast<unsigned char>(letter)) != 0) {
            word += letter;
        } else {
            if (!word.empty()) words.insert(word);
            word.clear();
        }
    return words;
}

using Words = std::set<std::string>;

bool any_of(Words const& words, Words const& wanted)
{
    return std::ranges::any_of(words, [&](auto const& word) { return wanted.contains(word); });
}

/// What a name says for sure: all its words mean that role.
std::optional<PortPart> named_part(Words const& words, std::size_t width)
{
    static Words const filler{"input", "in",     "vector", "vec",
                              "space", "random", "inputs", "primary"};
    static Words const latent{"latent", "noise", "z", "latents"};
    Words rest;
    std::ranges::set_difference(words, filler, std::inserter(rest, rest.end()));
    auto const only = [&](Words const& meant) {
        return !rest.empty() &&
               std::ranges::all_of(rest, [&](auto const& word) { return meant.contains(word); });
    };
    if (only(latent)) return PortPart{.role = PartRole::normal, .width = width};
    if (only({"latent", "noise", "normal", "gaussian"}))
        return PortPart{.role = PartRole::normal, .width = width};
    if (only({"uniform", "noise", "latent"}))
        return PortPart{.role = PartRole::uniform, .width = width};
    if (width == 1 && only({"energy", "gev"}))
        return PortPart{.role = PartRole::energy, .width = 1};
    if (width == 1 && only({"energy", "mev"}) && rest.contains("mev"))
        return PortPart{.role = PartRole::energy, .width = 1, .divide_by = 1e-3};
    for (auto const& info : condition_infos)
        if (width == info.width && only({std::string(info.name)}))
            return PortPart{.role = PartRole::condition, .condition = &info, .width = width};
    return std::nullopt;
}

/// What an input may be, and a doubt where that is not sure.
class InputGuesser {
public:
    explicit InputGuesser(PortGuess& guess) : guess_(guess) {}

    void add(Value const& input, std::int64_t batch)
    {
        auto const where = fmt::format("input '{}' {}", input.name, describe(input.shape));
        if (input.shape.empty() || input.shape.front() != batch)
            return doubt({input.name, {PortPart{.role = PartRole::constant, .values = {0}}}},
                         where + " does not begin with the number of showers");
        auto const width = element_count(Shape(input.shape.begin() + 1, input.shape.end()));
        auto const words = words_of(bare_name(input.name));
        auto const size = static_cast<std::size_t>(width);
        if (auto const part = named_part(words, size))
            return guess_.map.inputs.push_back({input.name, {*part}});
        doubt({input.name, {likely_part(words, size)}}, where + " says neither role nor unit");
    }

private:
    PortGuess& guess_;
    bool has_energy_ = false;

    void doubt(MappedInput input, std::string why)
    {
        guess_.doubts.push_back(std::move(why));
        guess_.map.inputs.push_back(std::move(input));
    }

    PortPart likely_part(Words const& words, std::size_t width)
    {
        if (static_cast<std::int64_t>(width) >= least_latent)
            return {.role = PartRole::normal, .width = width};
        bool const angle = any_of(words, {"angle", "theta", "eta"});
        if (width == 1 && angle)
            return {.role = PartRole::condition, .condition = find_condition("theta"), .width = 1};
        if (width == 1 && !has_energy_) {
            has_energy_ = true;
            return {.role = PartRole::energy, .width = 1};
        }
        return {
            .role = PartRole::constant, .width = width, .values = std::vector<double>(width, 0.0)};
    }
};

/// The detector's axes in an order in which they have the output's sizes; empty where none has.
std::vector<std::string> likely_axes(Shape const& shape, Detector const& detector)
{
    std::vector<std::string> names;
    std::set<std::size_t> taken;
    for (auto const size : sizes_of(shape)) {
        for (std::size_t axis = 0; axis < detector.axes.size(); ++axis)
            if (!taken.contains(axis) &&
                static_cast<std::int64_t>(detector.axes[axis].cells) == size) {
                taken.insert(axis);
                names.push_back(detector.axes[axis].name);
                break;
            }
    }
    return names.size() == detector.axes.size() ? names : std::vector<std::string>{};
}

/// The operator that makes the numbers of a value, past those that only move them.
std::string last_operator(Graph const& network, std::string value)
{
    static Words const movers{"Reshape", "Transpose", "Identity",
                              "Flatten", "Squeeze",   "Unsqueeze"};
    for (auto node = network.nodes.rbegin(); node != network.nodes.rend(); ++node) {
        if (std::ranges::find(node->outputs, value) == node->outputs.end()) continue;
        if (!movers.contains(node->op)) return node->op;
        value = node->inputs.front();
    }
    return {};
}

std::optional<Detector> detector_of(Graph const& network, std::optional<Detector> const& given)
{
    auto const own = network.metadata.find(detector_key);
    if (own == network.metadata.end()) return given;
    return detector_from_json(own->second, std::string("metadata ") + detector_key);
}

void guess_output(Graph const& network, std::map<std::string, Shape> const& shapes,
                  std::optional<Detector> const& detector, PortGuess& guess)
{
    auto& output = guess.map.output;
    std::vector<std::string> fitting;
    for (auto const& value : network.outputs) {
        if (value.name == shower_port) output.name = shower_port;
        if (detector && holds_cells(shapes.at(value.name), *detector))
            fitting.push_back(value.name);
    }
    if (output.name.empty() && fitting.size() == 1) output.name = fitting.front();
    if (output.name.empty()) {
        output.name = network.outputs.front().name;
        if (network.outputs.size() > 1)
            guess.doubts.push_back(
                fmt::format("which of its {} outputs is the shower", network.outputs.size()));
    }
    auto const& shape = shapes.at(output.name);
    if (detector && !holds_cells(shape, *detector)) {
        output.axes = likely_axes(shape, *detector);
        guess.doubts.push_back(fmt::format("output '{}' is {}, the detector has {}", output.name,
                                           describe(shape), cells_text(*detector)));
    }
    auto const last = last_operator(network, output.name);
    if ((last == "Sigmoid" || last == "Softmax") && !network.metadata.contains(detector_key)) {
        output.times_energy = true;
        guess.doubts.push_back("its cells end in a " + last +
                               ", which makes shares: of the primary's energy?");
    }
}

}  // namespace

PortGuess guess_ports(Graph const& network, std::optional<Detector> const& given)
{
    PortGuess guess;
    auto const batch = fixed_batch(network).value_or(1);
    auto const shapes = infer_shapes(network, batch);
    InputGuesser inputs(guess);
    for (auto input : network.inputs) {
        input.shape = shapes.at(input.name);
        inputs.add(input, batch);
    }
    auto detector = detector_of(network, given);
    if (!detector) detector = known_detector(shapes.at(network.outputs.front().name));
    for (auto const& output : network.outputs)
        if (!detector) detector = known_detector(shapes.at(output.name));
    guess_output(network, shapes, detector, guess);
    return guess;
}

}  // namespace lowcal::graph
