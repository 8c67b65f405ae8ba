#include "quantisation/equalise_branches.hpp"

#include "graph/shape_inference.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

/// One branch: the block that makes it, and which input channels of the next convolution it is.
struct Branch {
    std::string value;
    std::vector<std::string> constants;  ///< of the block, all of which scale with its result
    std::int64_t first_channel = 0;
    std::int64_t channels = 0;
};

class Equaliser {
public:
    explicit Equaliser(Graph const& graph) : graph_(graph), shapes_(graph::infer_shapes(graph, 1))
    {
        for (auto const& node : graph.nodes) {
            for (auto const& output : node.outputs) makers_[output] = &node;
            for (auto const& input : node.inputs) readers_[input].push_back(&node);
        }
        for (auto const& output : graph.outputs) readers_[output.name].push_back(nullptr);
    }

    std::vector<Branch> branches_of(Node const& concatenation) const
    {
        std::vector<Branch> branches;
        std::int64_t first = 0;
        for (auto const& input : concatenation.inputs) {
            auto const channels = shapes_.at(input)[1];
            auto branch = branch_of(input);
            if (!branch) return {};
            branch->first_channel = first;
            branch->channels = channels;
            branches.push_back(*branch);
            first += channels;
        }
        return branches;
    }

    /// The convolution that alone reads a value.
    Node const* reading_convolution(std::string const& value) const
    {
        auto const found = readers_.find(value);
        if (found == readers_.end() || found->second.size() != 1) return nullptr;
        if (found->second.front() == nullptr) return nullptr;
        return found->second.front()->op == "Conv" ? found->second.front() : nullptr;
    }

private:
    Graph const& graph_;
    std::map<std::string, graph::Shape> shapes_;
    std::map<std::string, Node const*> makers_;
    std::map<std::string, std::vector<Node const*>> readers_;

    bool read_once(std::string const& value) const
    {
        auto const found = readers_.find(value);
        return found != readers_.end() && found->second.size() == 1;
    }

    /// The node that makes a value; null for inputs and constants.
    Node const* maker_of(std::string const& value) const
    {
        auto const found = makers_.find(value);
        return found == makers_.end() ? nullptr : found->second;
    }

    std::optional<Branch> branch_of(std::string value) const
    {
        auto const* maker = maker_of(value);
        while (maker != nullptr && maker->op == "Transpose") {
            if (!read_once(value)) return std::nullopt;
            value = maker->inputs[0];
            maker = maker_of(value);
        }
        Branch branch{.value = value, .constants = {}};
        for (; maker != nullptr; maker = maker_of(value)) {
            if (!read_once(value)) return std::nullopt;
            if (maker->op == "Conv" || maker->op == "ConvTranspose") {
                branch.constants.push_back(maker->inputs[1]);
                return branch;
            }
            bool const addition = maker->op == "Add";
            if (!addition && maker->op != "LeakyRelu" && maker->op != "Relu" && maker->op != "Mul")
                return std::nullopt;
            if (addition) {
                auto constant = maker->inputs[1];
                if (auto const* const product = maker_of(constant))
                    constant = product->inputs[0];  // b / n(e)
                if (!graph_.constants.contains(constant)) return std::nullopt;
                branch.constants.push_back(constant);
            }
            value = maker->inputs[0];
        }
        return std::nullopt;
    }
};

void scale_input_channels(graph::Tensor& weights, Branch const& branch, float factor)
{
    auto const inputs = weights.shape[1];
    auto const taps =
        static_cast<std::int64_t>(weights.floats.size()) / (weights.shape[0] * inputs);
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(weights.floats.size()); ++i) {
        auto const channel = i / taps % inputs - branch.first_channel;
        if (channel >= 0 && channel < branch.channels)
            weights.floats[static_cast<std::size_t>(i)] *= factor;
    }
}

double range_of(Statistics const& statistics, std::string const& value)
{
    auto const found = statistics.find(value);
    if (found == statistics.end()) return 0.0;
    return found->second.high() - found->second.low();
}

}  // namespace

Graph equalise_branches(Graph canonical, Int8Plan const& plan, Statistics const& statistics)
{
    auto const original = canonical;
    Equaliser const equaliser(original);
    for (auto const& node : original.nodes) {
        if (node.op != "Concat" || graph::int_attribute(node, "axis", 0) != 1) continue;
        auto const* const reader = equaliser.reading_convolution(node.outputs.front());
        if (reader == nullptr || plan.precision_of(reader->name) != LayerPrecision::int8) continue;
        auto const branches = equaliser.branches_of(node);
        double largest = 0;
        for (auto const& branch : branches)
            largest = std::max(largest, range_of(statistics, branch.value));
        for (auto const& branch : branches) {
            double const range = range_of(statistics, branch.value);
            if (!(range > 0)) continue;
            auto const factor =
                static_cast<float>(std::exp2(std::round(std::log2(largest / range))));
            for (auto const& name : branch.constants)
                for (auto& number : canonical.constants.at(name).floats) number *= factor;
            scale_input_channels(canonical.constants.at(reader->inputs[1]), branch, 1.0F / factor);
        }
    }
    return canonical;
}

}  // namespace lowcal::quantisation
