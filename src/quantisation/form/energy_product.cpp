#include "quantisation/form/energy_product.hpp"

#include "graph/model/ports.hpp"

#include <algorithm>
#include <set>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

class Search {
public:
    Search(Graph const& network, std::map<std::string, graph::Shape> const& shapes)
        : network_(network), shapes_(shapes)
    {
        for (auto const& node : network.nodes)
            for (auto const& input : node.inputs) ++readers_[input];
        for (auto const& output : network.outputs) outputs_.insert(output.name);
    }

    /// The energy itself or times a single number, times noise, whichever stands first.
    std::optional<EnergyProduct> operator()() const
    {
        std::map<std::string, double> energies{{graph::energy_port, 1.0}};  // value, its unit
        for (auto const& node : network_.nodes) {
            if (node.op == "Identity" && energies.contains(node.inputs[0]))
                energies[node.outputs[0]] = energies.at(node.inputs[0]);
            if (node.op == "Reshape" && energies.contains(node.inputs[0]) &&
                is_column(node.outputs[0]))
                energies[node.outputs[0]] = energies.at(node.inputs[0]);
            if (node.op != "Mul") continue;
            for (std::size_t i = 0; i < 2; ++i) {
                auto const energy = energies.find(node.inputs[i]);
                if (energy == energies.end() || !is_column(energy->first)) continue;
                auto const& other = node.inputs[1 - i];
                if (auto const factor = single_number(other); factor && is_column(node.outputs[0]))
                    energies[node.outputs[0]] = energy->second * *factor;
                else if (is_noise(other) && is_vector(other) && is_read_once(energy->first) &&
                         carries_all_noise(node))
                    return EnergyProduct{.energy = energy->first,
                                         .unit = energy->second,
                                         .latent = &node,
                                         .noise = other};
            }
        }
        return std::nullopt;
    }

    /// [N, L] of several numbers a shower
    bool is_vector(std::string const& value) const
    {
        auto const& shape = shapes_.at(value);
        return shape.size() == 2 && shape[1] > 1;
    }

    /// Whether noise reaches the output through this product alone.
    bool carries_all_noise(Node const& product) const
    {
        std::set<std::string> reached{graph::latent_port};
        for (auto const& node : network_.nodes)
            if (&node != &product &&
                std::any_of(node.inputs.begin(), node.inputs.end(),
                            [&](auto const& input) { return reached.contains(input); }))
                reached.insert(node.outputs.begin(), node.outputs.end());
        return std::none_of(outputs_.begin(), outputs_.end(),
                            [&](auto const& output) { return reached.contains(output); });
    }

    /// An energy that goes elsewhere, too, is a condition of its own.
    bool is_read_once(std::string const& value) const
    {
        return readers_.contains(value) && readers_.at(value) == 1 && !outputs_.contains(value);
    }

    /// [N, 1]
    bool is_column(std::string const& value) const
    {
        auto const found = shapes_.find(value);
        return found != shapes_.end() && found->second.size() == 2 && found->second[1] == 1;
    }

    std::optional<double> single_number(std::string const& name) const
    {
        auto const found = network_.constants.find(name);
        if (found == network_.constants.end() || found->second.floats.size() != 1)
            return std::nullopt;
        auto const number = found->second.floats.front();
        if (!(number > 0.0F)) return std::nullopt;  // n(e) must be positive
        return static_cast<double>(number);
    }

    /// The latent vector itself, or what is made of it alone: the same at all energies.
    bool is_noise(std::string const& value) const
    {
        std::set<std::string> noise{graph::latent_port};
        auto const known = [&](auto const& input) { return noise.contains(input); };
        auto const fixed = [&](auto const& input) { return network_.constants.contains(input); };
        for (auto const& node : network_.nodes) {
            auto const& inputs = node.inputs;
            if (std::any_of(inputs.begin(), inputs.end(), known) &&
                std::all_of(inputs.begin(), inputs.end(),
                            [&](auto const& input) { return known(input) || fixed(input); }))
                noise.insert(node.outputs.begin(), node.outputs.end());
        }
        return noise.contains(value);
    }

private:
    Graph const& network_;
    std::map<std::string, graph::Shape> const& shapes_;
    std::map<std::string, int> readers_;
    std::set<std::string> outputs_;
};

}  // namespace

std::optional<EnergyProduct> find_energy_product(Graph const& network,
                                                 std::map<std::string, graph::Shape> const& shapes)
{
    return Search(network, shapes)();
}

}  // namespace lowcal::quantisation
