#include "graph/model/element_type.hpp"
#include "graph/model/memory_budget.hpp"
#include "graph/reference/evaluate.hpp"
#include "graph/shapes/shape_rules.hpp"
#include "graph/simplify/simplify.hpp"

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

/// Whether a node only unpacks a stored constant: 16-bit weights, or levels with their scales.
bool unpacks(Node const& node, std::map<std::string, Tensor> const& constants)
{
    auto const stored = constants.find(node.inputs.empty() ? "" : node.inputs.front());
    if (stored == constants.end()) return false;
    auto const type = stored->second.type;
    if (node.op == "Cast") return type == ElementType::float16 || type == ElementType::bfloat16;
    return node.op == "DequantizeLinear";
}

class Folder {
public:
    explicit Folder(Graph& graph) : graph_(graph) {}

    void run()
    {
        std::vector<Node> kept;
        for (auto& node : graph_.nodes) {
            if (!std::all_of(node.inputs.begin(), node.inputs.end(),
                             [this](auto const& input) { return is_known(input); }) ||
                node.op == "Constant" || node.inputs.empty()) {
                kept.push_back(std::move(node));
                continue;
            }
            bool const stays = unpacks(node, graph_.constants);
            if (stays) {
                for (auto const& output : node.outputs) unpacked_[output] = kept.size();
                kept.push_back(std::move(node));
            } else {
                fold(node, kept);
            }
        }
        graph_.nodes = std::move(kept);
        remove_consumed();
    }

private:
    Graph& graph_;
    MemoryBudget budget_{"what it computes of constants"};
    std::map<std::string, std::size_t> unpacked_;  ///< by value, the kept node that makes it
    std::map<std::string, Tensor> values_;         ///< of those that were wanted
    std::set<std::string> consumed_;               ///< what folded nodes read

    bool is_known(std::string const& name) const
    {
        return name.empty() || graph_.constants.contains(name) || unpacked_.contains(name);
    }

    Tensor const& value(std::string const& name, std::vector<Node> const& kept)
    {
        if (auto const found = graph_.constants.find(name); found != graph_.constants.end())
            return found->second;
        if (!values_.contains(name))
            values_[name] = outputs_of(kept[unpacked_.at(name)], kept).front();
        return values_.at(name);
    }

    std::vector<Tensor> outputs_of(Node const& node, std::vector<Node> const& kept)
    {
        std::vector<Operand> inputs;
        for (auto const& input : node.inputs) {
            if (input.empty()) {
                inputs.emplace_back();
                continue;
            }
            auto const& tensor = value(input, kept);
            inputs.push_back({true, {tensor.type, tensor.shape}, &tensor});
        }
        Operands const operands(node, std::move(inputs));
        auto const infos = infer_outputs(operands);
        constexpr std::int64_t bytes_with_positions = 32;
        for (auto const& info : infos) {
            auto const count = bounded_element_count(info.shape);
            if (!count || info.shape.size() > most_dimensions)
                operands.reject("its output would have the shape " + describe(info.shape));
            budget_.take(*count * bytes_with_positions, "the output of " + describe(node));
        }
        return evaluate(operands, infos);
    }

    void fold(Node const& node, std::vector<Node> const& kept)
    {
        auto outputs = outputs_of(node, kept);
        consumed_.insert(node.inputs.begin(), node.inputs.end());
        for (std::size_t i = 0; i < outputs.size(); ++i)
            graph_.constants[node.outputs[i]] = std::move(outputs[i]);
    }

    void remove_consumed()
    {
        for (auto const& node : graph_.nodes)
            for (auto const& input : node.inputs) consumed_.erase(input);
        for (auto const& output : graph_.outputs) consumed_.erase(output.name);
        for (auto const& name : consumed_) graph_.constants.erase(name);
    }
};

}  // namespace

void fold_constants(Graph& graph)
{
    Folder(graph).run();
}

}  // namespace lowcal::graph
