#pragma once

#include "graph/model/graph.hpp"
#include "graph/ports/port_map.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lowcal::graph {

/// Writes the nodes that make a network's own inputs of those of the house. Call `add` for each of
/// its inputs, then `finish`. The network must outlive it.
class InputNumbers {
public:
    /// `batch` is the number of showers that the network is fixed to.
    InputNumbers(Graph& network, std::optional<std::int64_t> batch);

    /// Throws InputError where the parts do not fill the input, whose shape for one run is `shape`.
    void add(MappedInput const& input, Shape const& shape);
    /// The name of the energy [N, 1], which becomes an input.
    std::string energy();
    /// Makes the inputs, all that was asked for.
    void finish();

private:
    Graph& network_;
    std::optional<std::int64_t> batch_;
    std::vector<Node> front_;                   ///< goes before the network's own nodes
    std::map<std::string, std::int64_t> used_;  ///< numbers of each input of the house
    std::vector<std::int64_t> codes_;           ///< PDG codes that are known

    std::vector<std::size_t> widths(MappedInput const& input, std::size_t all) const;
    std::string part(std::string const& name, PortPart const& part, std::size_t width);
    std::string source(std::string const& name, PortPart const& part, std::size_t width);
    std::string constant_part(std::string const& name, std::vector<float> values);
    std::string one_hot(std::string const& name, PortPart const& part);
    std::string through(std::string const& name, std::string value, PortPart const& part);
    std::string use(std::string const& port, std::int64_t width);
    std::string floats(std::string const& name, std::vector<float> values);
    std::string integers(std::string const& name, std::vector<std::int64_t> const& values);
    std::string node(std::string const& name, std::string op, std::vector<std::string> inputs,
                     std::map<std::string, Attribute> attributes = {});
};

}  // namespace lowcal::graph
