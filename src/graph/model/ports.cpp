#include "graph/model/ports.hpp"

#include "core/detector/detector_json.hpp"
#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/ports/cell_shape.hpp"
#include "graph/shapes/batch_axis.hpp"
#include "graph/shapes/shape_inference.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace lowcal::graph {
namespace {

constexpr char const* expected =
    "a generator has inputs 'latent' [N, L], optionally 'uniform' [N, U], 'energy' [N, 1] and "
    "conditions ('pdg', "
    "'theta', 'phi' [N, 1], 'entry' [N, 2]), and one output 'shower' [N, cells of the detector]";

GeneratorInput input_of(Value const& value, std::int64_t batch)
{
    auto const& shape = value.shape;
    auto const problem = "input '" + value.name + "' of the network";
    auto const* const condition = find_condition(value.name);
    if (value.name != latent_port && value.name != uniform_port && value.name != energy_port &&
        condition == nullptr)
        throw InputError("the network has an input '" + value.name + "'", expected);
    if (shape.size() != 2 || shape[0] != batch || shape[1] < 1)
        throw InputError(problem + " is " + describe(shape), expected);
    auto const width = static_cast<std::size_t>(shape[1]);
    if (value.name == latent_port) return {.role = InputRole::latent, .width = width};
    if (value.name == uniform_port) return {.role = InputRole::uniform, .width = width};
    std::size_t const wanted = condition == nullptr ? 1 : condition->width;
    if (width != wanted)
        throw InputError(problem + " has " + std::to_string(width) + " numbers a shower", expected);
    return {.role = condition == nullptr ? InputRole::energy : InputRole::condition,
            .condition = condition,
            .width = width};
}

Detector find_detector(Value const& output, std::map<std::string, std::string> const& metadata,
                       std::optional<Detector> const& given)
{
    std::optional<Detector> detector = given;
    if (auto const own = metadata.find(detector_key); own != metadata.end()) {
        detector = detector_from_json(own->second, std::string("metadata ") + detector_key);
        if (given && !same_cells(*detector, *given))
            throw InputError("the network is made for another detector than " + given->name,
                             cells_difference(*detector, *given));
    }
    if (!detector) detector = known_detector(output.shape);
    if (!detector)
        throw InputError("the network does not say what its cells are",
                         "output '" + output.name + "' is " + describe(output.shape),
                         "--detector FILE.json says it, or 'detector' in a file of --ports");
    if (!holds_cells(output.shape, *detector))
        throw InputError("output '" + output.name + "' of the network is " + describe(output.shape),
                         "its detector has " + cells_text(*detector));
    return *std::move(detector);
}

int pdg_of(std::string const& text, char const* key)
{
    int code = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc{} || end != text.data() + text.size())
        throw InputError(std::string("metadata ") + key + " of the network is '" + text + "'",
                         "it is no PDG code");
    return code;
}

int find_pdg(std::map<std::string, std::string> const& metadata)
{
    auto const found = metadata.find(pdg_key);
    return found == metadata.end() ? 0 : pdg_of(found->second, pdg_key);
}

std::vector<int> find_pdg_codes(std::map<std::string, std::string> const& metadata)
{
    std::vector<int> codes;
    auto const found = metadata.find(pdg_codes_key);
    if (found == metadata.end()) return codes;
    std::stringstream text(found->second);
    for (std::string code; std::getline(text, code, ',');)
        codes.push_back(pdg_of(code, pdg_codes_key));
    return codes;
}

ConditionRanges find_condition_ranges(std::map<std::string, std::string> const& metadata)
{
    ConditionRanges ranges;
    auto const found = metadata.find(condition_ranges_key);
    if (found == metadata.end()) return ranges;
    std::stringstream text(found->second);
    for (std::string one; std::getline(text, one, ',');) {
        std::istringstream parts(one);
        std::string name;
        double least = 0, most = 0;
        char colon = 0;
        bool const good = std::getline(parts, name, '=') && parts >> least >> colon >> most &&
                          colon == ':' && parts.peek() == std::istringstream::traits_type::eof() &&
                          find_condition(name) != nullptr && least <= most;
        if (!good)
            throw InputError(std::string("metadata ") + condition_ranges_key +
                                 " of the network has '" + one + "'",
                             "it is no range of a condition, such as theta=1.2:1.9");
        ranges[name] = {least, most};
    }
    return ranges;
}

}  // namespace

std::string condition_ranges_text(ConditionRanges const& ranges)
{
    std::ostringstream text;
    for (auto const& [name, range] : ranges)
        text << (text.tellp() > 0 ? "," : "") << name << '=' << range.first << ':' << range.second;
    return text.str();
}

std::optional<Detector> known_detector(Shape const& shape)
{
    if (!holds_cells(shape, clic_detector())) return std::nullopt;
    return clic_detector();
}

std::vector<std::string> GeneratorPorts::condition_names() const
{
    std::vector<std::string> names;
    for (auto const& input : inputs)
        if (input.condition != nullptr) names.emplace_back(input.condition->name);
    return names;
}

GeneratorPorts find_ports(std::vector<Value> const& inputs, std::vector<Value> const& outputs,
                          std::map<std::string, std::string> const& metadata, std::int64_t batch,
                          std::optional<Detector> const& given)
{
    GeneratorPorts ports;
    for (auto const& value : inputs) {
        ports.inputs.push_back(input_of(value, batch));
        if (ports.inputs.back().role == InputRole::latent)
            ports.latent_size = ports.inputs.back().width;
    }
    if (ports.latent_size == 0)
        throw InputError("the network has no input 'latent' [N, L]", expected);
    if (outputs.size() != 1 || outputs[0].shape.empty() || outputs[0].shape[0] != batch)
        throw InputError("the network's output is not one shower for each of its inputs", expected);
    ports.detector = find_detector(outputs[0], metadata, given);
    ports.pdg = find_pdg(metadata);
    ports.pdg_codes = find_pdg_codes(metadata);
    ports.condition_ranges = find_condition_ranges(metadata);
    return ports;
}

GeneratorPorts ports_of(Graph const& network, std::optional<Detector> const& given)
{
    auto const batch = fixed_batch(network).value_or(1);
    auto const shapes = infer_shapes(network, batch);
    auto const with_batch = [&](std::vector<Value> values) {
        for (auto& value : values) value.shape = shapes.at(value.name);
        return values;
    };
    return find_ports(with_batch(network.inputs), with_batch(network.outputs), network.metadata,
                      batch, given);
}

}  // namespace lowcal::graph
