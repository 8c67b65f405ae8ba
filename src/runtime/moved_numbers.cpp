#include "runtime/moved_numbers.hpp"

#include "graph/reference.hpp"

#include <algorithm>

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
        if (auto const* const tensor = constants_(input)) {
            if (tensor->integers.empty()) return false;  // data, not where something begins or ends
            used_constants_[input] = *tensor;
        } else if (!input.empty() && !follow(input)) {
            return false;
        }
    }
    nodes_.push_back(node);
    return true;
}

std::vector<std::int64_t> MovedNumbers::places(std::string const& value) const
{
    graph::Graph movers;
    movers.name = value;
    auto const& row_shape = shapes_.at(row_);
    movers.inputs = {{.name = row_, .shape = row_shape}};
    movers.outputs = {{.name = value, .shape = {}}};
    movers.constants = used_constants_;
    for (auto const* node : nodes_) movers.nodes.push_back(*node);
    graph::Tensor rows{.shape = row_shape};
    for (std::int64_t shower = 0; shower < row_shape[0]; ++shower)
        for (std::int64_t i = 0; i < count(); ++i)
            rows.floats.push_back(static_cast<float>(i));  // exact up to 16 million
    auto const moved = graph::run_reference(movers, {{row_, rows}}).at(value);
    auto const one = static_cast<std::ptrdiff_t>(moved.floats.size()) / row_shape[0];
    return {moved.floats.begin(), moved.floats.begin() + one};
}

}  // namespace lowcal::runtime
