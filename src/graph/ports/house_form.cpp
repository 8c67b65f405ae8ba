#include "graph/ports/house_form.hpp"

#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/fresh_names.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/ports/cell_output.hpp"
#include "graph/ports/guess_ports.hpp"
#include "graph/ports/input_numbers.hpp"
#include "graph/shapes/batch_axis.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "graph/simplify/simplify.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lowcal::graph {
namespace {

void rename_in(std::vector<std::string>& names, std::string const& from, std::string const& to)
{
    std::ranges::replace(names, from, to);
}

/// Gives a value another name wherever it is read or made.
void rename_value(Graph& graph, std::string const& from, std::string const& to)
{
    for (auto& node : graph.nodes) {
        rename_in(node.inputs, from, to);
        rename_in(node.outputs, from, to);
    }
    for (auto* const values : {&graph.inputs, &graph.outputs})
        for (auto& value : *values)
            if (value.name == from) value.name = to;
    if (auto constant = graph.constants.extract(from)) {
        constant.key() = to;
        graph.constants.insert(std::move(constant));
    }
}

std::vector<std::string> house_names()
{
    std::vector<std::string> names{latent_port, uniform_port, energy_port, shower_port};
    for (auto const& info : condition_infos) names.emplace_back(info.name);
    return names;
}

/// What is added for the ports has names that start like these.
bool is_of_ports(std::string const& name)
{
    return name.starts_with("network/") || name.starts_with("shower/");
}

/// Values within the network that have such names get others.
void leave_names_of_ports(Graph& graph)
{
    FreshNames fresh(graph);
    std::map<std::string, std::string> others;
    for (auto const* const values : {&graph.inputs, &graph.outputs})
        for (auto const& value : *values) others[value.name] = value.name;
    auto const rename = [&](std::string& name) {
        if (!is_of_ports(name)) return;
        auto& other = others[name];
        if (other.empty()) other = fresh("own/" + name);
        name = other;
    };
    for (auto& node : graph.nodes) {
        std::ranges::for_each(node.inputs, rename);
        std::ranges::for_each(node.outputs, rename);
    }
    std::map<std::string, Tensor> constants;
    for (auto& [name, tensor] : graph.constants) {
        auto own = name;
        rename(own);
        constants[own] = std::move(tensor);
    }
    graph.constants = std::move(constants);
}

/// The network's own values make room for ours.
void clear_names(Graph& graph, PortMap& map)
{
    leave_names_of_ports(graph);
    for (auto& input : map.inputs) {
        rename_value(graph, input.name, "network/" + input.name);
        input.name = "network/" + input.name;
    }
    rename_value(graph, map.output.name, "network/output/" + map.output.name);
    map.output.name = "network/output/" + map.output.name;
    for (auto const& name : house_names()) rename_value(graph, name, "network/value/" + name);
}

std::string names_of(std::vector<Value> const& values)
{
    std::vector<std::string> names;
    names.reserve(values.size());
    for (auto const& value : values) names.push_back("'" + value.name + "'");
    return fmt::format("{}", fmt::join(names, ", "));
}

/// Throws InputError unless the map is of this network.
void require_named(PortMap const& map, Graph const& graph)
{
    auto const is_in = [](std::vector<Value> const& values, std::string const& name) {
        return std::ranges::any_of(values, [&](auto const& value) { return value.name == name; });
    };
    for (auto const& input : map.inputs)
        if (!is_in(graph.inputs, input.name))
            throw InputError("the ports file names an input '" + input.name + "'",
                             "the network has " + names_of(graph.inputs));
    if (!map.output.name.empty() && !is_in(graph.outputs, map.output.name))
        throw InputError("the ports file names an output '" + map.output.name + "'",
                         "the network has " + names_of(graph.outputs));
}

/// What the file does not say of inputs is taken from the guess where that is sure.
void complete(PortMap& map, PortGuess const& guess, Graph const& graph)
{
    for (auto const& input : graph.inputs) {
        auto const is_this = [&](auto const& mapped) { return mapped.name == input.name; };
        if (std::ranges::any_of(map.inputs, is_this)) continue;
        bool const doubted = std::ranges::any_of(guess.doubts, [&](auto const& doubt) {
            return doubt.starts_with("input '" + input.name + "' ");
        });
        if (doubted)
            throw InputError("the ports file does not say what input '" + input.name + "' is",
                             "it is " + describe(input.shape));
        map.inputs.push_back(*std::ranges::find_if(guess.map.inputs, is_this));
    }
    if (map.output.name.empty()) map.output.name = guess.map.output.name;
}

[[noreturn]] void refuse_guess(PortGuess const& guess)
{
    auto json = to_json(guess.map);  // on one line: messages have one
    std::erase(json, '\n');
    for (auto at = json.find("  "); at != std::string::npos; at = json.find("  "))
        json.erase(at, 1);
    throw InputError(
        "what the network's inputs and output are is not sure",
        fmt::format("{}", fmt::join(guess.doubts, "; ")),
        "correct this, save it and give it with --ports FILE.json (docs/your_network.md): " + json);
}

bool is_house_input(Value const& input)
{
    auto const* const condition = find_condition(input.name);
    bool const named = input.name == latent_port || input.name == uniform_port ||
                       input.name == energy_port || condition != nullptr;
    if (!named || input.shape.size() != 2 || input.type != ElementType::float32) return false;
    auto const width = condition == nullptr ? 1 : static_cast<std::int64_t>(condition->width);
    return input.name == latent_port || input.name == uniform_port || input.shape[1] == width;
}

/// Whether the output is taken as it is.
bool is_plain(MappedOutput const& output)
{
    return output == MappedOutput{.name = output.name};
}

Detector const* detector_for(PortMap const& map, NetworkNotes const& notes)
{
    if (map.detector) return &*map.detector;
    return notes.detector ? &*notes.detector : nullptr;
}

}  // namespace

bool has_house_inputs(Graph const& network)
{
    return std::ranges::all_of(network.inputs, is_house_input);
}

Graph house_form(Graph network, NetworkNotes const& notes)
{
    if (network.metadata.contains(ports_key)) return network;
    bool const as_it_is = has_house_inputs(network) && network.outputs.size() == 1;
    if (network.outputs.empty() ||
        (as_it_is && !notes.ports && network.metadata.contains(detector_key)))
        return network;
    auto const guess = guess_ports(
        network, notes.ports && notes.ports->detector ? notes.ports->detector : notes.detector);
    if (!notes.ports && !guess.doubts.empty()) refuse_guess(guess);
    auto map = notes.ports.value_or(guess.map);
    require_named(map, network);
    complete(map, guess, network);
    if (as_it_is && !notes.ports && is_plain(map.output)) return network;
    auto const* const detector = detector_for(map, notes);
    auto const told = to_json(map);
    clear_names(network, map);
    auto const batch = fixed_batch(network);
    auto const shapes = infer_shapes(network, batch.value_or(1));
    InputNumbers numbers(network, batch);
    for (auto const& input : map.inputs) numbers.add(input, shapes.at(input.name));
    write_cells(network, {.output = map.output,
                          .shape = shapes.at(map.output.name),
                          .detector = detector,
                          .energy = map.output.times_energy ? numbers.energy() : ""});
    numbers.finish();
    if (detector != nullptr) network.metadata[detector_key] = to_json(*detector);
    network.metadata[ports_key] = told;
    remove_unread(network);
    auto& shape = network.outputs.front().shape;
    shape = infer_shapes(network, batch.value_or(1)).at(shower_port);
    if (!batch) shape.front() = batch_dimension;
    return network;
}

Graph read_generator(std::filesystem::path const& onnx_file, NetworkNotes const& notes)
{
    auto network = read_onnx(onnx_file);
    try {
        return house_form(std::move(network), notes);
    } catch (InputError const& error) {
        throw InputError(onnx_file.string() + ": " + error.what());
    }
}

}  // namespace lowcal::graph
