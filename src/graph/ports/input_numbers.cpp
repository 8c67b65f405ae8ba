#include "graph/ports/input_numbers.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/ports.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lowcal::graph {
namespace {

/// Codes are whole numbers that float32 holds.
constexpr double largest_code = 1 << 24;

char const* operator_of(PartFunction function)
{
    switch (function) {
        case PartFunction::sqrt:
            return "Sqrt";
        case PartFunction::cos:
            return "Cos";
        case PartFunction::sin:
            return "Sin";
        default:
            return "Log";
    }
}

std::vector<float> narrowed(std::vector<double> const& values)
{
    std::vector<float> result;
    result.reserve(values.size());
    for (auto const value : values) result.push_back(static_cast<float>(value));
    return result;
}

/// Numbers that a part has by itself; 0: what the others leave.
std::size_t own_width(PortPart const& part)
{
    if (part.width != 0) return part.width;
    if (part.role == PartRole::energy) return 1;
    if (part.role == PartRole::constant) return part.values.size();
    if (part.role != PartRole::condition) return 0;
    return part.one_hot.empty() ? part.condition->width : part.one_hot.size();
}

}  // namespace

InputNumbers::InputNumbers(Graph& network, std::optional<std::int64_t> batch)
    : network_(network), batch_(batch)
{
}

std::vector<std::size_t> InputNumbers::widths(MappedInput const& input, std::size_t all) const
{
    std::vector<std::size_t> result;
    std::size_t given = 0, open = 0;
    for (auto const& part : input.parts) {
        result.push_back(own_width(part));
        given += result.back();
        if (result.back() == 0) ++open;
    }
    bool const fits = open == 0 ? given == all : open == 1 && given < all;
    if (!fits)
        throw InputError(fmt::format("the parts of input '{}' have {} numbers", input.name, given),
                         fmt::format("it takes {} a shower", all),
                         open > 1 ? "only one of its parts can do without 'width'"
                                  : "'width' says how many of each");
    for (auto& width : result)
        if (width == 0) width = all - given;
    return result;
}

void InputNumbers::add(MappedInput const& input, Shape const& shape)
{
    auto const batch = batch_.value_or(1);
    if (shape.empty() || shape.front() != batch)
        throw InputError("input '" + input.name + "' is " + describe(shape),
                         "its first dimension is not the number of showers");
    auto const all = element_count(Shape(shape.begin() + 1, shape.end()));
    auto const part_widths = widths(input, static_cast<std::size_t>(all));
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < input.parts.size(); ++i)
        parts.push_back(part(fmt::format("{}/{}", input.name, i), input.parts[i], part_widths[i]));
    auto value = parts.front();
    if (parts.size() > 1)
        value = node(input.name + "/joined", "Concat", parts, {{"axis", std::int64_t{1}}});
    auto const type = std::ranges::find_if(network_.inputs, [&](auto const& own) {
                          return own.name == input.name;
                      })->type;
    auto target = shape;
    target.front() = batch_ ? batch : batch_dimension;
    value =
        node(input.name + "/shaped", "Reshape", {value, integers(input.name + "/shape", target)});
    front_.push_back(
        {input.name + "/type", "Cast", {value}, {input.name}, {{"to", onnx_code(type)}}});
    if (type == ElementType::float32)
        front_.back() = {input.name + "/whole", "Identity", {value}, {input.name}, {}};
}

std::string InputNumbers::part(std::string const& name, PortPart const& part, std::size_t width)
{
    if (part.role == PartRole::constant) {
        auto values = narrowed(part.values);
        if (values.size() == 1) values.assign(width, values.front());
        if (values.size() != width)
            throw InputError(fmt::format("part '{}' has {} values", name, values.size()),
                             fmt::format("its width is {}", width));
        return constant_part(name, std::move(values));
    }
    if (!part.one_hot.empty()) return one_hot(name, part);
    return through(name, source(name, part, width), part);
}

/// The part's own numbers, [N, width], in the units of the house.
std::string InputNumbers::source(std::string const& name, PortPart const& part, std::size_t width)
{
    auto const count = static_cast<std::int64_t>(width);
    if (part.role == PartRole::energy || part.role == PartRole::condition) {
        auto const own =
            part.role == PartRole::energy ? 1 : static_cast<std::int64_t>(part.condition->width);
        if (own != count)
            throw InputError(fmt::format("part '{}' has the width {}", name, width),
                             fmt::format("it is {} numbers", own));
        return use(part.role == PartRole::energy ? energy_port : std::string(part.condition->name),
                   own);
    }
    std::string const port = part.role == PartRole::normal ? latent_port : uniform_port;
    auto const first = used_[port];
    used_[port] += count;
    return node(name + "/own", "Slice",
                {port, integers(name + "/first", {first}),
                 integers(name + "/last", {first + count}), integers(name + "/axis", {1})});
}

/// The same numbers for each shower: added to zeros that have its place.
std::string InputNumbers::constant_part(std::string const& name, std::vector<float> values)
{
    auto const zeros = node(name + "/zeros", "Mul", {energy(), floats(name + "/zero", {0.0F})});
    return node(name + "/same", "Add", {zeros, floats(name + "/values", std::move(values))});
}

/// 1 - |pdg - code|, which is 0 or less for all other codes.
std::string InputNumbers::one_hot(std::string const& name, PortPart const& part)
{
    for (auto const code : part.one_hot) {
        if (code != static_cast<double>(static_cast<std::int64_t>(code)) ||
            std::abs(code) > largest_code)
            throw InputError(fmt::format("{} is no PDG code", code), "'one_hot' lists codes");
        codes_.push_back(static_cast<std::int64_t>(code));
    }
    auto const off = node(name + "/off", "Sub",
                          {use("pdg", 1), floats(name + "/codes", narrowed(part.one_hot))});
    auto const distance = node(name + "/distance", "Abs", {off});
    auto const near = node(name + "/near", "Sub", {floats(name + "/one", {1.0F}), distance});
    return through(name, node(name + "/hot", "Relu", {near}), part);
}

std::string InputNumbers::through(std::string const& name, std::string value, PortPart const& part)
{
    auto const factor = [&](std::string const& what, char const* op, double number) {
        value = node(name + "/" + what, op,
                     {value, floats(name + "/" + what + ".by", {static_cast<float>(number)})});
    };
    bool const plain = part.function == PartFunction::none;
    // One product, as 3DGAN's networks have it: scaled activations are looked for behind it.
    auto const scale = plain ? part.scale / part.divide_by : 1 / part.divide_by;
    if (scale != 1.0) factor("unit", "Mul", scale);
    if (!plain) {
        value = node(name + "/function", operator_of(part.function), {value});
        double const log10 = 2.302585092994046;
        auto const behind = part.function == PartFunction::log10 ? part.scale / log10 : part.scale;
        if (behind != 1.0) factor("scale", "Mul", behind);
    }
    if (part.add != 0.0) factor("add", "Add", part.add);
    return value;
}

std::string InputNumbers::use(std::string const& port, std::int64_t width)
{
    used_[port] = width;
    return port;
}

std::string InputNumbers::energy()
{
    return use(energy_port, 1);
}

std::string InputNumbers::floats(std::string const& name, std::vector<float> values)
{
    auto const count = static_cast<std::int64_t>(values.size());
    network_.constants[name] = {.shape = {1, count}, .floats = std::move(values), .integers = {}};
    return name;
}

std::string InputNumbers::integers(std::string const& name, std::vector<std::int64_t> const& values)
{
    network_.constants[name] = {
        ElementType::int64, {static_cast<std::int64_t>(values.size())}, {}, values};
    return name;
}

std::string InputNumbers::node(std::string const& name, std::string op,
                               std::vector<std::string> inputs,
                               std::map<std::string, Attribute> attributes)
{
    front_.push_back({name, std::move(op), std::move(inputs), {name}, std::move(attributes)});
    return name;
}

void InputNumbers::finish()
{
    if (!used_.contains(latent_port))
        throw InputError("the network has no latent vector",
                         "no part of its inputs is normal numbers: every shower would be the same",
                         "say which are, with the role 'latent'");
    network_.inputs.clear();
    // Latents first, then the energy, then conditions.
    for (auto const* const port :
         {latent_port, uniform_port, energy_port, "pdg", "theta", "phi", "entry"})
        if (auto const found = used_.find(port); found != used_.end())
            network_.inputs.push_back(
                {port, ElementType::float32, {batch_.value_or(batch_dimension), found->second}});
    network_.nodes.insert(network_.nodes.begin(), front_.begin(), front_.end());
    if (!codes_.empty())
        network_.metadata[pdg_codes_key] = fmt::format("{}", fmt::join(codes_, ","));
}

}  // namespace lowcal::graph
