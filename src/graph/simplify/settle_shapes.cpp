#include "core/error.hpp"
#include "graph/shapes/batch_axis.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "graph/simplify/simplify.hpp"

#include <algorithm>

namespace lowcal::graph {
namespace {

/// Two numbers of showers that no size of a network is likely to equal by chance in both.
constexpr std::int64_t few = 2, more = 3;

using Tensors = std::map<std::string, Tensor>;

/// Shape, values and computed tensors for both numbers of showers.
struct Settled {
    std::map<std::string, ValueInfo> values;
    Tensors of_few, of_more;
};

Settled settled(Graph const& graph)
{
    auto const run = [&](std::int64_t first, std::int64_t second) {
        auto const tensors = [&](std::int64_t batch) {
            auto settled = at_batch(graph, batch);
            return settled ? std::move(settled->constants) : Tensors{};
        };
        return Settled{infer_values(graph, first), tensors(first), tensors(second)};
    };
    if (fixed_batch(graph)) return run(1, 1);
    try {
        return run(few, more);
    } catch (InputError const&) {
        return run(1, 1);  // made for one shower, whatever it declares
    }
}

class Settler {
public:
    explicit Settler(Graph& graph) : graph_(graph), settled_(settled(graph)) {}

    void run()
    {
        for (auto& node : graph_.nodes) {
            if (node.op == "Squeeze" && node.inputs.size() == 1) settle_squeeze(node);
            if (node.op == "Split" && node.inputs.size() == 1) settle_split(node);
            for (std::size_t i = 0; i < node.inputs.size(); ++i) settle_input(node, i);
        }
    }

private:
    Graph& graph_;
    Settled settled_;

    bool is_computed(std::string const& name) const
    {
        return settled_.of_few.contains(name) && !graph_.constants.contains(name);
    }

    std::string add_constant(std::string name, Tensor tensor)
    {
        while (graph_.constants.contains(name) || settled_.values.contains(name)) name += "_";
        graph_.constants[name] = std::move(tensor);
        return name;
    }

    static Tensor list_of(std::vector<std::int64_t> const& numbers)
    {
        return {ElementType::int64, {static_cast<std::int64_t>(numbers.size())}, {}, numbers};
    }

    /// Without names all axes of one go, but not that of the showers.
    void settle_squeeze(Node& node)
    {
        std::vector<std::int64_t> axes;
        auto const& shape = settled_.values.at(node.inputs[0]).shape;
        for (std::size_t d = 0; d < shape.size(); ++d)
            if (shape[d] == 1) axes.push_back(static_cast<std::int64_t>(d));
        node.inputs.push_back(add_constant(node.name + ".axes", list_of(axes)));
    }

    /// Written so that older opsets understand it, too.
    void settle_split(Node& node)
    {
        if (!node.attributes.contains("num_outputs")) return;
        auto const& info = settled_.values.at(node.inputs[0]);
        auto const parts = split_parts(Operands(node, {{true, info, nullptr}}));
        node.inputs.push_back(add_constant(node.name + ".sizes", list_of(parts.sizes)));
        node.attributes.erase("num_outputs");
    }

    void settle_input(Node& node, std::size_t i)
    {
        auto const name = node.inputs[i];
        if (name.empty() || !is_computed(name)) return;
        auto constant = settled_.of_few.at(name);
        auto const& other = settled_.of_more.at(name);
        if (constant.shape != other.shape || constant.floats != other.floats) return;
        auto varying = 0;
        for (std::size_t at = 0; at < constant.integers.size(); ++at) {
            if (constant.integers[at] == other.integers[at]) continue;
            ++varying;
            constant.integers.set(at, -1);
        }
        if (varying > (node.op == "Reshape" && i == 1 ? 1 : 0)) return;
        node.inputs[i] = add_constant(name + ".settled", std::move(constant));
    }
};

}  // namespace

void settle_shapes(Graph& graph)
{
    auto const needed = [](Node const& node) {
        return node.op == "Shape" || node.op == "Size" || node.op == "ConstantOfShape" ||
               node.op == "Range" || (node.op == "Squeeze" && node.inputs.size() == 1) ||
               node.attributes.contains("num_outputs");
    };
    if (std::any_of(graph.nodes.begin(), graph.nodes.end(), needed)) Settler(graph).run();
}

}  // namespace lowcal::graph
