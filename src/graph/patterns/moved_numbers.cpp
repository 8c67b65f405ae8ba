#include "graph/patterns/moved_numbers.hpp"

#include "graph/reference/reference.hpp"

#include <algorithm>

namespace lowcal::graph {

MovedNumbers::MovedNumbers(Makers const& makers, Shapes const& shapes, Constants constants)
    : makers_(makers), shapes_(shapes), constants_(std::move(constants))
{
}

/// The node that makes a value if it only moves numbers, else null.
Node const* MovedNumbers::mover_of(std::string const& value) const
{
    static std::set<std::string> const movers{"Concat", "Identity", "Reshape", "Slice"};
    auto const maker = makers_.find(value);
    return maker != makers_.end() && movers.contains(maker->second->op) ? maker->second : nullptr;
}

bool MovedNumbers::follow(std::string const& value)
{
    struct Visit {
        Node const* node;
        std::size_t next_input = 0;
    };
    std::vector<Visit> open;  // not by recursion: a chain may have any length
    auto const enter = [&](std::string const& name) {
        if (auto const* const mover = mover_of(name)) {
            if (seen_.insert(mover).second) open.push_back({mover});
            return true;
        }
        if (row_.empty()) row_ = name;
        return name == row_ && shapes_.at(name).size() == 2;
    };
    if (!enter(value)) return false;
    while (!open.empty()) {
        auto& [node, next_input] = open.back();
        if (next_input == node->inputs.size()) {
            nodes_.push_back(node);
            open.pop_back();
            continue;
        }
        auto const& input = node->inputs[next_input++];
        if (input.empty()) continue;
        if (auto const* const tensor = constants_(input)) {
            if (tensor->integers.empty()) return false;  // data, not where something begins or ends
            used_constants_[input] = *tensor;
        } else if (!enter(input)) {
            return false;
        }
    }
    return true;
}

std::vector<std::int64_t> MovedNumbers::places(std::string const& value) const
{
    Graph movers;
    movers.name = value;
    auto const& row_shape = shapes_.at(row_);
    movers.inputs = {{.name = row_, .shape = row_shape}};
    movers.outputs = {{.name = value, .shape = {}}};
    movers.constants = used_constants_;
    for (auto const* node : nodes_) movers.nodes.push_back(*node);
    Tensor rows{.shape = row_shape};
    for (std::int64_t shower = 0; shower < row_shape[0]; ++shower)
        for (std::int64_t i = 0; i < count(); ++i)
            rows.floats.push_back(static_cast<float>(i));  // exact up to 16 million
    auto const moved = run_reference(movers, {{row_, rows}}).at(value);
    auto const one = static_cast<std::ptrdiff_t>(moved.floats.size()) / row_shape[0];
    return {moved.floats.begin(), moved.floats.begin() + one};
}

}  // namespace lowcal::graph
