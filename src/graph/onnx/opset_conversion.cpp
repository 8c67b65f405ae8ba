#include "graph/onnx/opset_conversion.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace lowcal::graph {
namespace {

std::set<std::string> value_names(Graph const& graph)
{
    std::set<std::string> names;
    for (auto const& input : graph.inputs) names.insert(input.name);
    for (auto const& entry : graph.constants) names.insert(entry.first);
    for (auto const& node : graph.nodes) names.insert(node.outputs.begin(), node.outputs.end());
    return names;
}

/// Moves a list of integers from an attribute to a second, constant input; `taken` are the names
/// of all values.
void attribute_to_input(Graph& graph, Node& node, std::string const& key,
                        std::set<std::string>& taken)
{
    if (!node.attributes.contains(key)) return;
    if (node.inputs.size() != 1)
        throw InputError("cannot use " + describe(node),
                         "in this opset it has one input and the attribute '" + key + "'");
    auto const values = ints_attribute(node, key, {});
    auto name = node.name + "." + key;
    while (!taken.insert(name).second) name += "_";
    graph.constants[name] = {
        ElementType::int64, {static_cast<std::int64_t>(values.size())}, {}, values};
    node.inputs.push_back(name);
    node.attributes.erase(key);
}

/// Appends a constant as an input; an absent one where there is no tensor.
void append_input(Graph& graph, Node& node, std::string const& key, std::optional<Tensor> tensor,
                  std::set<std::string>& taken)
{
    if (!tensor) return node.inputs.emplace_back(), void();
    auto name = node.name + "." + key;
    while (!taken.insert(name).second) name += "_";
    graph.constants[name] = std::move(*tensor);
    node.inputs.push_back(name);
}

Tensor single(float number)
{
    return {.shape = {}, .floats = {number}, .integers = {}};
}

Tensor list_of(std::vector<std::int64_t> const& numbers)
{
    return {ElementType::int64, {static_cast<std::int64_t>(numbers.size())}, {}, numbers};
}

/// Bounds were attributes before opset 11.
void clip_to_opset_11(Graph& graph, Node& node, std::set<std::string>& taken)
{
    for (auto const* const key : {"min", "max"}) {
        std::optional<Tensor> bound;
        if (node.attributes.contains(key)) bound = single(float_attribute(node, key, 0.0F));
        append_input(graph, node, key, std::move(bound), taken);
        node.attributes.erase(key);
    }
    while (node.inputs.back().empty()) node.inputs.pop_back();
}

/// What was padded with stood in attributes before opset 11.
void pad_to_opset_11(Graph& graph, Node& node, std::set<std::string>& taken)
{
    append_input(graph, node, "pads", list_of(ints_attribute(node, "pads", {})), taken);
    append_input(graph, node, "value", single(float_attribute(node, "value", 0.0F)), taken);
    node.attributes.erase("pads");
    node.attributes.erase("value");
}

/// Pieces stood in attributes before opset 10.
void slice_to_opset_10(Graph& graph, Node& node, std::set<std::string>& taken)
{
    for (auto const* const key : {"starts", "ends", "axes"}) {
        if (!node.attributes.contains(key)) continue;
        append_input(graph, node, key, list_of(ints_attribute(node, key, {})), taken);
        node.attributes.erase(key);
    }
}

/// Upsample and the first Resize took elements at x / scale, rounded down.
void resize_to_opset_11(Graph& graph, Node& node, std::set<std::string>& taken)
{
    if (auto const scales = node.attributes.find("scales"); scales != node.attributes.end()) {
        auto const* const numbers = std::get_if<std::vector<float>>(&scales->second);
        if (numbers == nullptr)
            throw InputError("cannot use " + describe(node), "its scales are no numbers");
        append_input(graph, node, "scales",
                     Tensor{.shape = {static_cast<std::int64_t>(numbers->size())},
                            .floats = *numbers,
                            .integers = {}},
                     taken);
        node.attributes.erase("scales");
    }
    node.op = "Resize";
    node.inputs.insert(node.inputs.begin() + 1, "");
    if (string_attribute(node, "mode", "nearest") == "bilinear")
        node.attributes["mode"] = std::string("linear");
    node.attributes["coordinate_transformation_mode"] = std::string("asymmetric");
    node.attributes["nearest_mode"] = std::string("floor");
}

/// Before opset 9 each place could have numbers of its own.
void batch_normalization_to_opset_9(Node& node)
{
    if (int_attribute(node, "spatial", 1) != 1)
        throw InputError("cannot use " + describe(node),
                         "its attribute 'spatial' is 0: each cell has numbers of its own",
                         "export it again, best with opset 17");
    node.attributes.erase("spatial");
}

void to_opset_11(Graph& graph)
{
    auto taken = value_names(graph);
    for (auto& node : graph.nodes) {
        if (node.op == "Upsample" || (node.op == "Resize" && node.inputs.size() == 2))
            resize_to_opset_11(graph, node, taken);
        else if (node.op == "Slice" && node.attributes.contains("starts"))
            slice_to_opset_10(graph, node, taken);
        else if (node.op == "Pad" && node.attributes.contains("pads"))
            pad_to_opset_11(graph, node, taken);
        else if (node.op == "Clip" && node.inputs.size() == 1)
            clip_to_opset_11(graph, node, taken);
        else if (node.op == "BatchNormalization")
            batch_normalization_to_opset_9(node);
    }
}

/// Before opset 13 Softmax took all axes from `axis` on together: behind a Flatten it does.
void flatten_softmax(Graph& graph, std::size_t index, std::set<std::string>& taken)
{
    auto const node = graph.nodes[index];
    auto const axis = int_attribute(node, "axis", 1);
    auto const fresh = [&](std::string name) {
        name = node.name + "." + name;
        while (!taken.insert(name).second) name += "_";
        return name;
    };
    graph.nodes[index].attributes["axis"] = std::int64_t{-1};
    if (axis == -1 || node.inputs.empty() || node.outputs.empty()) return;
    auto const flat = fresh("flat"), made = fresh("made"), shape = fresh("shape");
    graph.nodes[index].inputs = {flat};
    graph.nodes[index].outputs = {made};
    graph.nodes.push_back({flat, "Flatten", node.inputs, {flat}, {{"axis", axis}}});
    graph.nodes.push_back({shape, "Shape", node.inputs, {shape}, {}});
    graph.nodes.push_back({fresh("back"), "Reshape", {made, shape}, node.outputs, {}});
}

/// Dropout's ratio was an attribute; it means nothing outside training.
void to_opset_13(Graph& graph)
{
    auto taken = value_names(graph);
    auto const count = graph.nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
        auto& node = graph.nodes[i];
        if (node.op == "Squeeze" || node.op == "Unsqueeze" || node.op == "ReduceSum")
            attribute_to_input(graph, node, "axes", taken);
        else if (node.op == "Split")
            attribute_to_input(graph, node, "split", taken);
        else if (node.op == "Dropout")
            node.attributes.erase("ratio");
        else if (node.op == "Softmax" || node.op == "LogSoftmax")
            flatten_softmax(graph, i, taken);
    }
    graph.opset = 13;
}

void reduction_to_opset_17(Graph& graph, Node& node)
{
    bool const has_axes = node.inputs.size() == 2;
    if (int_attribute(node, "noop_with_empty_axes", 0) != 0 && !has_axes)
        throw InputError("cannot use " + describe(node),
                         "its attribute 'noop_with_empty_axes' is not supported");
    node.attributes.erase("noop_with_empty_axes");
    if (!has_axes) return;
    auto const axes = graph.constants.find(node.inputs.back());
    if (axes == graph.constants.end() || axes->second.type != ElementType::int64 ||
        axes->second.integers.empty())
        throw InputError("cannot use " + describe(node), "its axes are not constant integers");
    node.attributes["axes"] = axes->second.integers.values();
    node.inputs.pop_back();
}

/// Sizes follow from the number of outputs (`split_parts`).
void require_outputs(Node& node)
{
    auto const outputs = static_cast<std::int64_t>(node.outputs.size());
    if (int_attribute(node, "num_outputs", outputs) != outputs)
        throw InputError("cannot use " + describe(node),
                         "its outputs are not as many as its attribute 'num_outputs' says");
}

void to_opset_17(Graph& graph)
{
    for (auto& node : graph.nodes) {
        bool const reduces = node.op.starts_with("Reduce") && node.op != "ReduceSum";
        if (reduces) reduction_to_opset_17(graph, node);
        if (node.op == "Split") require_outputs(node);
    }
    graph.opset = 17;
}

}  // namespace

void convert_opset(Graph& graph)
{
    if (graph.opset < 11) to_opset_11(graph);
    if (graph.opset < 13) to_opset_13(graph);
    if (graph.opset > 17) to_opset_17(graph);
}

}  // namespace lowcal::graph
