#include "quantisation/scales/match_response.hpp"

#include "quantisation/form/canonical_form.hpp"
#include "quantisation/form/homogeneous.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

/// Mean over showers of the sum of the network's output divided by n(e), where it has that: showers
/// of all energies count alike.
double mean_output(Graph const& network, NetworkRunner const& runner)
{
    auto value = network.outputs.front().name;
    for (auto const& node : network.nodes)
        if (node.op == "Mul" && node.outputs.front() == value &&
            node.inputs.front().starts_with(value + per_unit_suffix)) {
            value = node.inputs.front();
            break;
        }
    double sum = 0;
    std::size_t count = 0;
    runner.run(network, {value}, [&](std::size_t, std::span<float const> numbers) {
        for (float const number : numbers) sum += static_cast<double>(number);
        count += numbers.size();
    });
    return sum / static_cast<double>(count);
}

/// What follows a layer up to the network's output.
class Tail {
public:
    Tail(Graph const& network, std::string const& layer) : network_(network)
    {
        for (auto const& node : network.nodes) {
            for (auto const& input : node.inputs) readers_[input].push_back(&node);
            for (auto const& output : node.outputs) makers_[output] = &node;
            if (node.name == layer) layer_ = &node;
        }
    }

    /// Constants to all of which the output is proportional, or a power of them; none where it is
    /// not.
    std::vector<std::string> constants()
    {
        for (std::size_t i = 1; i < layer_->inputs.size(); ++i)
            if (!layer_->inputs[i].empty()) add(layer_->inputs[i]);
        auto value = layer_->outputs.front();
        while (grows_ && value != network_.outputs.front().name) value = through(value);
        for (auto const& constant : constants_)
            grows_ = grows_ && readers_.at(constant).size() == 1;
        return grows_ ? constants_ : std::vector<std::string>{};
    }

    /// The power.
    double degree() const { return degree_; }

private:
    Graph const& network_;
    std::map<std::string, std::vector<Node const*>> readers_;
    std::map<std::string, Node const*> makers_;
    Node const* layer_ = nullptr;
    std::vector<std::string> constants_;
    double degree_ = 1;
    bool grows_ = true;

    /// The constant that scales a value: itself, the scale of levels, or b of b / n(e).
    void add(std::string const& value)
    {
        auto name = value;
        if (auto const maker = makers_.find(value); maker != makers_.end()) {
            auto const& node = *maker->second;
            bool const known =
                node.op == "DequantizeLinear" || node.op == "Cast" || node.op == "Mul";
            name = known ? node.inputs[node.op == "DequantizeLinear" ? 1 : 0] : std::string();
        }
        if (network_.constants.contains(name) && !network_.constants.at(name).floats.empty())
            constants_.push_back(name);
        else
            grows_ = false;
    }

    /// The value that the one reader of a value makes of it.
    std::string through(std::string const& value)
    {
        auto const readers = readers_.find(value);
        grows_ = readers != readers_.end() && readers->second.size() == 1;
        if (!grows_) return value;
        auto const& node = *readers->second.front();
        if (node.op == "Add" && degree_ == 1)
            add(node.inputs[node.inputs[0] == value ? 1 : 0]);
        else if (auto const exponent = power(node); exponent > 0)
            degree_ *= exponent;
        else
            grows_ = is_homogeneous(node, {value}, network_);
        return node.outputs.front();
    }

    /// A positive constant exponent; else 0.
    double power(Node const& node) const
    {
        if (node.op != "Pow") return 0;
        auto const exponent = network_.constants.find(node.inputs[1]);
        bool const single =
            exponent != network_.constants.end() && exponent->second.floats.size() == 1;
        return single ? static_cast<double>(exponent->second.floats.front()) : 0;
    }
};

/// Whether the output grows with the result of a layer: false where what follows it makes sums of
/// its own, to which cells are scaled.
bool scales_output(Graph const& network, std::string const& layer)
{
    std::set<std::string> reached;
    for (auto const& node : network.nodes) {
        bool const reads = std::any_of(node.inputs.begin(), node.inputs.end(),
                                       [&](auto const& input) { return reached.contains(input); });
        if (reads && node.op == "ReduceSum") return false;
        if (reads || node.name == layer) reached.insert(node.outputs.begin(), node.outputs.end());
    }
    return true;
}

}  // namespace

double match_response(Int8Network& network, Graph const& canonical, NetworkRunner const& runner)
{
    auto const& layer = network.layers.back().name;
    if (!scales_output(network.graph, layer)) return 1.0;
    Tail tail(network.graph, layer);
    auto const constants = tail.constants();
    if (constants.empty()) return 1.0;
    double const wanted = mean_output(canonical, runner);
    double const found = mean_output(network.graph, runner);
    if (!(wanted > 0) || !(found > 0)) return 1.0;
    double const factor = wanted / found;
    double const of_constants = tail.degree() == 1 ? factor : std::pow(factor, 1 / tail.degree());
    for (auto const& name : constants)
        for (auto& number : network.graph.constants.at(name).floats)
            number = static_cast<float>(static_cast<double>(number) * of_constants);
    return factor;
}

}  // namespace lowcal::quantisation
