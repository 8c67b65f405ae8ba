#include "runtime/moved_numbers.hpp"

#include "graph/reference.hpp"

#include <algorithm>
#include <numeric>

namespace lowcal::runtime {

MovedNumbers::MovedNumbers(Makers const& makers, Shapes const& shapes, Constants constants)
    : makers_(makers), shapes_(shapes), constants_(std::move(constants))
{
}

bool MovedNumbers::follow(std::string const& value)
{
    static std::set<std::string> const movers{"Concat", "Identity", "Reshape", "Slice"};
    auto const maker = makers_.find(value);
    if (maker == makers_.end() || !movers.contains(maker->second->op)) {
        if (row_.empty()) row_ = value;
        return value == row_ && shapes_.at(value).size() == 2;
    }
    auto const* const node = maker->second;
    if (std::find(nodes_.begin(), nodes_.end(), node) != nodes_.end()) return true;
    for (auto const& input : node->inputs) {
        if (auto const* const tensor = constants_(input))
            used_constants_[input] = *tensor;
        else if (!input.empty() && !follow(input))
            return false;
    }
    nodes_.push_back(node);
    return true;
}

std::vector<std::int64_t> MovedNumbers::places(std::string const& value) const
{
    graph::Graph movers;
    movers.name = value;
    movers.inputs = {{.name = row_, .shape = {graph::batch_dimension, count()}}};
    movers.outputs = {{.name = value, .shape = {}}};
    movers.constants = used_constants_;
    for (auto const* node : nodes_) movers.nodes.push_back(*node);
    graph::Tensor row{.shape = {1, count()}};
    row.floats.resize(static_cast<std::size_t>(count()));
    std::iota(row.floats.begin(), row.floats.end(), 0.0F);  // exact up to 16 million
    auto const moved = graph::run_reference(movers, {{row_, row}}).at(value);
    return {moved.floats.begin(), moved.floats.end()};
}

}  // namespace lowcal::runtime
