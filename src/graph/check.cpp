#include "graph/check.hpp"

#include "core/error.hpp"
#include "graph/model/constant_node.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/operators.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

using Names = std::set<std::string>;

[[noreturn]] void reject(Node const& node, std::string const& why,
                         std::string const& suggestion = {})
{
    throw InputError("cannot use " + describe(node), why, suggestion);
}

AttributeKind kind_of(Attribute const& attribute)
{
    constexpr AttributeKind kinds[] = {AttributeKind::integer, AttributeKind::number,
                                       AttributeKind::text,    AttributeKind::integers,
                                       AttributeKind::numbers, AttributeKind::tensor};
    static_assert(std::variant_size_v<Attribute> == std::size(kinds));
    return kinds[attribute.index()];
}

char const* describe_kind(AttributeKind kind)
{
    switch (kind) {
        case AttributeKind::integer:
            return "an integer";
        case AttributeKind::number:
            return "a floating-point number";
        case AttributeKind::text:
            return "a text";
        case AttributeKind::integers:
            return "a list of integers";
        case AttributeKind::numbers:
            return "a list of floating-point numbers";
        default:
            return "a tensor";
    }
}

void check_integer(Node const& node, AttributeRule const& rule, std::int64_t value)
{
    if (rule.least && value < *rule.least)
        reject(node, fmt::format("its attribute '{}' is {}; it must be {} {}", rule.name, value,
                                 rule.least == rule.most ? "exactly" : "at least", *rule.least));
    if (rule.most && value > *rule.most)
        reject(node, fmt::format("its attribute '{}' is {}; only {}{} is supported", rule.name,
                                 value, rule.least == rule.most ? "" : "up to ", *rule.most));
}

void check_attribute(Node const& node, AttributeRule const& rule, Attribute const& value)
{
    if (kind_of(value) != rule.kind)
        reject(node,
               fmt::format("its attribute '{}' is not {}", rule.name, describe_kind(rule.kind)));
    if (auto const* integer = std::get_if<std::int64_t>(&value))
        check_integer(node, rule, *integer);
    if (auto const* integers = std::get_if<std::vector<std::int64_t>>(&value))
        for (auto const element : *integers) check_integer(node, rule, element);
    if (auto const* text = std::get_if<std::string>(&value))
        if (!rule.texts.empty() &&
            std::find(rule.texts.begin(), rule.texts.end(), *text) == rule.texts.end())
            reject(node, fmt::format("its attribute '{}' is '{}'", rule.name, *text),
                   fmt::format("supported are {}", fmt::join(rule.texts, ", ")));
}

void check_attributes(Node const& node, OperatorRule const& rule)
{
    for (auto const& [key, value] : node.attributes) {
        auto const found = std::find_if(rule.attributes.begin(), rule.attributes.end(),
                                        [&name = key](auto const& a) { return a.name == name; });
        if (found == rule.attributes.end())
            reject(node, "its attribute '" + key + "' is not supported");
        check_attribute(node, *found, value);
    }
    for (auto const& attribute : rule.attributes)
        if (attribute.required && !node.attributes.contains(attribute.name))
            reject(node, "its attribute '" + attribute.name + "' is missing");
}

/// What to do about an output that is not supported.
std::string advice_for_outputs(std::string const& op)
{
    if (op == "Dropout" || op == "BatchNormalization")
        return "only training needs it: export the network in evaluation mode (torch: "
               "model.eval())";
    return "";
}

void check_counts(Node const& node, OperatorRule const& rule)
{
    auto const inputs = node.inputs.size();
    if (inputs < rule.least_inputs)
        reject(node, fmt::format("it has {} inputs; it needs {}", inputs, rule.least_inputs));
    if (inputs > rule.most_inputs)
        reject(node,
               fmt::format("it has {} inputs; at most {} are supported", inputs, rule.most_inputs));
    // Max, Min and Concat take any number, all of them present.
    auto const present = rule.most_inputs == any_number ? inputs : rule.least_inputs;
    for (std::size_t i = 0; i < present; ++i)
        if (node.inputs[i].empty()) reject(node, fmt::format("its input {} is absent", i));
    if (node.outputs.empty() || node.outputs.front().empty()) reject(node, "it has no output");
    for (std::size_t i = 1; i < node.outputs.size(); ++i)
        if (i >= rule.most_outputs || node.outputs[i].empty())
            reject(node,
                   fmt::format("its output {} is {}", i,
                               node.outputs[i].empty() ? "absent" : "not supported"),
                   advice_for_outputs(node.op));
}

/// What to do about an operator that is not supported.
std::string advice_for(std::string const& op)
{
    bool const on_levels =
        op.starts_with("QLinear") || op.ends_with("Integer") || op == "DynamicQuantizeLinear";
    if (on_levels)
        return "quantise the network in the QDQ format (onnxruntime: quant_format=QuantFormat.QDQ, "
               "quantize_static), or with lowcal quantize";
    if (op.starts_with("Random") || op == "Bernoulli" || op == "Multinomial")
        return "showers must be functions of their inputs: make the random numbers an input of the "
               "network";
    if (op == "Loop" || op == "If" || op == "Scan")
        return "export the network with its control flow unrolled (torch.onnx.export of a traced "
               "module)";
    return "supported operators are " + supported_operators();
}

void check_node(Node const& node)
{
    auto const* rule = find_operator(node.op);
    if (!rule) reject(node, "this operator is not supported", advice_for(node.op));
    check_counts(node, *rule);
    check_attributes(node, *rule);
    if (node.op == "Constant") constant_of(node);
    if (node.op == "Cast" && !element_type_of_code(int_attribute(node, "to", 0)))
        reject(node, fmt::format("its attribute 'to' is {}, a type that is not supported",
                                 int_attribute(node, "to", 0)));
}

void define(Names& values, std::string const& name, std::string const& where)
{
    if (name.empty()) throw InputError("cannot use the network", where + " has no name");
    if (!values.insert(name).second)
        throw InputError("cannot use the network",
                         fmt::format("the value '{}' is defined twice, last by {}", name, where));
}

void check_value(Value const& value)
{
    for (std::size_t d = 0; d < value.shape.size(); ++d)
        if (value.shape[d] < 1 && !(d == 0 && value.shape[d] == batch_dimension))
            throw InputError(
                "cannot use the network",
                fmt::format("the size of dimension {} of '{}' is {}", d, value.name,
                            value.shape[d] == batch_dimension ? "not fixed; only the first may vary"
                                                              : std::to_string(value.shape[d])));
}

void check_sources(Graph const& graph, Names& values)
{
    for (auto const& input : graph.inputs) {
        define(values, input.name, "an input of the network");
        check_value(input);
    }
    for (auto const& [name, tensor] : graph.constants) {
        define(values, name, "a constant");
        check_constant(tensor, "the constant '" + name + "'");
    }
}

}  // namespace

void check(Graph const& graph)
{
    if (graph.opset < 13 || graph.opset > 17)
        throw InputError("cannot use the network",
                         fmt::format("its opset is {}; 13 to 17 are supported", graph.opset));
    Names values;
    check_sources(graph, values);
    Names node_names;
    for (auto const& node : graph.nodes) {
        if (node.name.empty()) reject(node, "it has no name");
        if (!node_names.insert(node.name).second) reject(node, "another node has the same name");
        check_node(node);
        for (auto const& input : node.inputs)
            if (!input.empty() && !values.contains(input))
                reject(node, "its input '" + input + "' is not defined before it");
        for (auto const& output : node.outputs) define(values, output, describe(node));
    }
    if (graph.outputs.empty()) throw InputError("cannot use the network", "it has no output");
    for (auto const& output : graph.outputs) {
        check_value(output);
        if (!values.contains(output.name))
            throw InputError("cannot use the network",
                             "its output '" + output.name + "' is not defined by any node");
    }
}

}  // namespace lowcal::graph
