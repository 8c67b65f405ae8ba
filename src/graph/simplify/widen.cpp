#include "graph/model/element_type.hpp"
#include "graph/model/fresh_names.hpp"
#include "graph/simplify/simplify.hpp"

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

bool is_half(ElementType type)
{
    return type == ElementType::float16 || type == ElementType::bfloat16;
}

std::optional<ElementType> cast_type(Node const& node)
{
    if (node.op != "Cast") return std::nullopt;
    return element_type_of_code(int_attribute(node, "to", 0));
}

/// Layers whose second input is most of a network.
bool has_weights(Node const& node)
{
    static std::set<std::string> const layers{"Conv", "ConvTranspose", "Gemm", "MatMul"};
    return layers.contains(node.op);
}

/// Puts a Cast behind each weight of 16 bits that a layer reads.
class WeightCasts {
public:
    explicit WeightCasts(Graph& graph) : graph_(graph), fresh_(graph) {}

    void run()
    {
        std::vector<Node> nodes;
        for (auto& node : graph_.nodes) {
            if (has_weights(node))
                for (auto& input : node.inputs) cast(input, nodes);
            nodes.push_back(std::move(node));
        }
        graph_.nodes = std::move(nodes);
    }

    std::set<std::string> stored() const
    {
        std::set<std::string> names;
        for (auto const& [name, wide] : wide_) names.insert(name);
        return names;
    }

private:
    Graph& graph_;
    FreshNames fresh_;
    std::map<std::string, std::string> wide_;  ///< by weight, what its Cast makes

    void cast(std::string& input, std::vector<Node>& nodes)
    {
        auto const found = graph_.constants.find(input);
        if (found == graph_.constants.end() || !is_half(found->second.type)) return;
        auto& wide = wide_[input];
        if (wide.empty()) {
            wide = fresh_(input + ".float32");
            nodes.push_back(
                {wide, "Cast", {input}, {wide}, {{"to", onnx_code(ElementType::float32)}}});
        }
        input = wide;
    }
};

bool computes_in_halves(Graph const& graph)
{
    auto const half = [](auto const& value) { return is_half(value.type); };
    if (std::any_of(graph.inputs.begin(), graph.inputs.end(), half) ||
        std::any_of(graph.outputs.begin(), graph.outputs.end(), half))
        return true;
    for (auto const& node : graph.nodes) {
        auto const to = cast_type(node);
        if (to && is_half(*to)) return true;
        if (to) continue;
        for (auto const& input : node.inputs)
            if (auto const found = graph.constants.find(input);
                found != graph.constants.end() && is_half(found->second.type))
                return true;
    }
    return false;
}

}  // namespace

void widen(Graph& graph)
{
    if (!computes_in_halves(graph)) return;
    WeightCasts casts(graph);
    casts.run();
    auto stored = casts.stored();
    for (auto& node : graph.nodes) {
        auto const to = cast_type(node);
        if (to && is_half(*to)) node.attributes["to"] = onnx_code(ElementType::float32);
        if (to && graph.constants.contains(node.inputs.front())) stored.insert(node.inputs.front());
        for (auto& [key, attribute] : node.attributes)
            if (auto* const tensor = std::get_if<Tensor>(&attribute))
                if (is_half(tensor->type)) tensor->type = ElementType::float32;
    }
    for (auto* const values : {&graph.inputs, &graph.outputs})
        for (auto& value : *values)
            if (is_half(value.type)) value.type = ElementType::float32;
    for (auto& [name, tensor] : graph.constants)
        if (is_half(tensor.type) && !stored.contains(name)) tensor.type = ElementType::float32;
}

}  // namespace lowcal::graph
