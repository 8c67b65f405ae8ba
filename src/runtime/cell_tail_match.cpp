#include "runtime/cell_tail_match.hpp"

#include <cmath>

namespace lowcal::runtime {

using graph::Graph;
using graph::Node;

/// Takes nodes one after the other; once one is not what is asked for, all that follows is void.
struct CellTailMatcher::Part {
    CellTailMatcher const& matcher;
    std::vector<Node const*> nodes{};
    bool fits = true;

    void require(bool condition) { fits = fits && condition; }

    /// The inputs of the node that makes `value`.
    std::vector<std::string> inputs(std::string const& value, std::string_view op,
                                    std::size_t count)
    {
        auto const found = matcher.makers_.find(value);
        require(found != matcher.makers_.end() && found->second->op == op &&
                found->second->inputs.size() == count);
        if (!fits) return std::vector<std::string>(count);
        nodes.push_back(found->second);
        return found->second->inputs;
    }

    graph::Tensor const* constant(std::string const& name)
    {
        auto const* const found = matcher.constants_(name);
        require(found != nullptr);
        return fits ? found : nullptr;
    }

    float number(std::string const& name)
    {
        auto const* const tensor = constant(name);
        require(tensor != nullptr && tensor->floats.size() == 1);
        return fits ? tensor->floats.front() : 0.0F;
    }

    /// cubes x (energies / (sum over the cells of a layer + smallest)).
    struct Scaled {
        std::string cubes, energies;
        float smallest = 0.0F;
        bool operator==(Scaled const&) const = default;
    };
    Scaled scaled(std::string const& value)
    {
        auto const product = inputs(value, "Mul", 2);
        auto const quotient = inputs(product[1], "Div", 2);
        auto const sums = inputs(quotient[1], "Add", 2);
        auto const summed = inputs(sums[0], "ReduceSum", 2);
        require(fits && graph::int_attribute(*nodes.back(), "keepdims", 1) == 1);
        auto const* const axes = constant(summed[1]);
        require(axes != nullptr && axes->integers == std::vector<std::int64_t>{2, 3});
        require(summed[0] == product[0]);
        return {.cubes = product[0], .energies = quotient[0], .smallest = number(sums[1])};
    }

    /// `cubes` where `all` exceeds the returned threshold: a clipped, very steep line.
    float threshold(std::string const& hit, std::string& all)
    {
        auto const clip = inputs(hit, "Clip", 3);
        auto const steep = inputs(clip[0], "Mul", 2);
        auto const excess = inputs(steep[0], "Sub", 2);
        all = excess[0];
        float const threshold = number(excess[1]);
        // One unit in the last place above the threshold is a whole hit.
        float const least = std::nextafter(threshold, 2 * threshold) - threshold;
        require(threshold > 0.0F && number(steep[1]) * least >= 1.0F);
        require(number(clip[1]) == 0.0F && number(clip[2]) == 1.0F);
        return threshold;
    }
};

CellTailMatcher::CellTailMatcher(Graph const& graph, Constants constants)
    : constants_(std::move(constants))
{
    for (auto const& node : graph.nodes)
        for (auto const& output : node.outputs) makers_[output] = &node;
}

std::optional<CellTailMatch> CellTailMatcher::ending_in(Node const& node) const
{
    Part part{.matcher = *this};
    CellTailMatch match;
    match.result = node.outputs.front();
    auto const last = part.scaled(match.result);
    auto const hits = part.inputs(last.cubes, "Mul", 2);
    std::string all;
    match.threshold = part.threshold(hits[1], all);
    auto const first = part.scaled(all);
    part.require(first == Part::Scaled{hits[0], last.energies, last.smallest});
    match.layer_energies = last.energies;
    match.smallest_sum = last.smallest;

    auto const cube = part.inputs(hits[0], "Mul", 2);
    part.require(part.inputs(cube[1], "Sqrt", 1)[0] == cube[0]);
    auto const square = part.inputs(cube[0], "Mul", 2);
    auto const with_rise = part.inputs(square[1], "Add", 2);
    part.require(with_rise[0] == square[0]);
    match.rise = part.number(with_rise[1]);
    auto const risen = part.inputs(square[0], "Max", 2);
    auto const sum = part.inputs(risen[0], "Add", 2);
    auto const least = part.inputs(risen[1], "Mul", 2);
    part.require(least[0] == sum[0]);
    match.floor_share = part.number(least[1]);
    match.answer = sum[1];
    auto const base = part.inputs(sum[0], "Mul", 2);
    match.base = base[0];
    match.layer_roots = base[1];
    auto const* const image = part.constant(base[0]);
    part.require(image != nullptr && image->shape.size() == 3 && !image->floats.empty());
    if (!part.fits) return std::nullopt;
    match.nodes.assign(part.nodes.rbegin(), part.nodes.rend());
    return match;
}

}  // namespace lowcal::runtime
