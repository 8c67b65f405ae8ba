#include "graph/patterns/cell_tail_match.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace lowcal::graph {

/// Takes nodes one after the other; once one is not what is asked for, all that follows is void.
struct CellTailMatcher::Part {
    CellTailMatcher const& matcher;
    std::vector<Node const*> nodes{};
    bool fits = true;

    void require(bool condition) { fits = fits && condition; }

    bool is_made_by(std::string_view op, std::string const& value) const
    {
        auto const found = matcher.makers_.find(value);
        return found != matcher.makers_.end() && found->second->op == op;
    }

    /// The inputs of the node that makes `value`.
    std::vector<std::string> inputs(std::string const& value, std::string_view op,
                                    std::size_t count)
    {
        require(is_made_by(op, value) && matcher.makers_.at(value)->inputs.size() == count);
        if (!fits) return std::vector<std::string>(count);
        auto const* const maker = matcher.makers_.at(value);
        nodes.push_back(maker);
        return maker->inputs;
    }

    Tensor const* constant(std::string const& name)
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

    /// cells x (energies / (sum over the cells of a layer + smallest)).
    struct Scaled {
        std::string cells, energies;
        float smallest = 0.0F;
    };
    Scaled scaled(std::string const& value)
    {
        auto const product = inputs(value, "Mul", 2);
        auto const quotient = inputs(product[1], "Div", 2);
        auto const sums = inputs(quotient[1], "Add", 2);
        auto const summed = inputs(sums[0], "ReduceSum", 2);
        require(fits && int_attribute(*nodes.back(), "keepdims", 1) == 1);
        auto const* const axes = constant(summed[1]);
        require(axes != nullptr && axes->integers == std::vector<std::int64_t>{2, 3});
        require(summed[0] == product[0]);
        return {.cells = product[0], .energies = quotient[0], .smallest = number(sums[1])};
    }

    /// 1 where `all` exceeds the returned threshold: a clipped, very steep line.
    float threshold(std::string const& hit, std::string& all)
    {
        auto const clip = inputs(hit, "Clip", 3);
        auto const steep = inputs(clip[0], "Mul", 2);
        auto const limited = inputs(steep[0], "Clip", 3);
        auto const excess = inputs(limited[0], "Sub", 2);
        all = excess[0];
        float const threshold = number(excess[1]);
        // One unit in the last place above the threshold is a whole hit.
        float const least = std::nextafter(threshold, 2 * threshold) - threshold;
        require(threshold > 0.0F && number(steep[1]) * least >= 1.0F);
        require(number(limited[1]) <= 0.0F && number(limited[2]) >= least);
        require(number(clip[1]) == 0.0F && number(clip[2]) == 1.0F);
        return threshold;
    }

    /// min(slope x `all` + offset, line).
    void faint(std::string const& value, std::string const& all, CellTailMatch& match)
    {
        auto const clip = inputs(value, "Clip", 3);
        auto const raised = inputs(clip[0], "Add", 2);
        auto const steep = inputs(raised[0], "Mul", 2);
        require(steep[0] == all && clip[1].empty());
        match.form.faint_slope = number(steep[1]);
        match.form.faint_offset = number(raised[1]);
        match.form.line = number(clip[2]);
    }

    /// Layers whose noise is one row, for each from a later number on.
    void noise(std::string const& value, CellTailMatch& match)
    {
        if (!fits) return;
        MovedNumbers moved(matcher.makers_, matcher.shapes_, matcher.constants_);
        require(moved.follow(value) && matcher.shapes_.at(value).size() == 4 &&
                moved.count() <= MovedNumbers::most_numbers);
        if (!fits) return;
        auto const places = moved.places(value);
        auto const& shape = matcher.shapes_.at(value);
        auto const cells = shape[2] * shape[3];
        require(cells > 1 && shape[1] > 1);
        if (!fits) return;
        auto const period = moved.count();
        match.noise = moved.row();
        match.noise_image = value;
        match.noise_start = places[0];
        match.noise_step = (places[static_cast<std::size_t>(cells)] - places[0] + period) % period;
        for (std::size_t i = 0; i < places.size(); ++i) {
            auto const layer = static_cast<std::int64_t>(i) / cells;
            auto const cell = static_cast<std::int64_t>(i) % cells;
            require(places[i] == (match.noise_start + cell + match.noise_step * layer) % period);
        }
        require(std::gcd(match.noise_step, period) == 1);
        nodes.insert(nodes.end(), moved.nodes().rbegin(), moved.nodes().rend());
    }

    /// square = a (a + rise) less its kinks, the last one outermost; returns a's name.
    std::string root(std::string square, CellTailMatch& match)
    {
        std::vector<std::string> bent;
        while (fits && is_made_by("Sub", square)) {
            require(bent.size() < CellTailForm::kink_count);
            auto const difference = inputs(square, "Sub", 2);
            auto const drop = inputs(difference[1], "Mul", 2);
            auto const beyond = inputs(drop[0], "Relu", 1);
            auto const distance = inputs(beyond[0], "Sub", 2);
            if (!fits) return {};
            match.form.kinks[bent.size()] = {.from = number(distance[1]), .less = number(drop[1])};
            bent.push_back(distance[0]);
            square = difference[0];
        }
        std::reverse(match.form.kinks.begin(), match.form.kinks.begin() + std::ssize(bent));
        auto const product = inputs(square, "Mul", 2);
        auto const with_rise = inputs(product[1], "Add", 2);
        match.form.rise = number(with_rise[1]);
        auto const of_a = [&](std::string const& name) { return name == product[0]; };
        require(of_a(with_rise[0]) && std::all_of(bent.begin(), bent.end(), of_a));
        return product[0];
    }

    /// (scatter + scatter_low x (1 / (layer roots + 1))) x noise.
    void scattered(std::string const& value, CellTailMatch& match)
    {
        auto const product = inputs(value, "Mul", 2);
        auto const spread = inputs(product[0], "Add", 2);
        auto const low = inputs(spread[1], "Mul", 2);
        auto const share = inputs(low[1], "Div", 2);
        auto const with_one = inputs(share[1], "Add", 2);
        require(with_one[0] == match.layer_roots && number(share[0]) == 1.0F &&
                number(with_one[1]) == 1.0F);
        match.scatter = spread[0];
        match.scatter_low = low[0];
        noise(product[1], match);
    }
};

CellTailMatcher::CellTailMatcher(Graph const& graph, MovedNumbers::Shapes const& shapes,
                                 MovedNumbers::Constants constants)
    : shapes_(shapes), constants_(std::move(constants))
{
    for (auto const& node : graph.nodes)
        for (auto const& output : node.outputs) makers_[output] = &node;
}

std::optional<CellTailMatch> CellTailMatcher::ending_in(Node const& node) const
{
    Part part{.matcher = *this};
    CellTailMatch match;
    match.result = node.outputs.front();
    auto const hits = part.inputs(match.result, "Mul", 2);
    auto const lifted = part.inputs(hits[0], "Max", 2);
    std::string all;
    match.form.threshold = part.threshold(hits[1], all);
    part.require(all == lifted[0]);
    part.faint(lifted[1], all, match);
    auto const scaled = part.scaled(all);
    match.layer_energies = scaled.energies;
    match.form.smallest_sum = scaled.smallest;

    auto const cube = part.inputs(scaled.cells, "Mul", 2);
    part.require(part.inputs(cube[1], "Sqrt", 1)[0] == cube[0]);
    auto const floored = part.inputs(part.root(cube[0], match), "Max", 2);
    auto const sum = part.inputs(floored[0], "Add", 2);
    auto const smooth = part.inputs(sum[0], "Add", 2);
    auto const least = part.inputs(floored[1], "Mul", 2);
    part.require(least[0] == smooth[0]);
    match.form.floor_share = part.number(least[1]);
    match.answer = smooth[1];
    auto const base = part.inputs(smooth[0], "Mul", 2);
    match.base = base[0];
    match.layer_roots = base[1];
    part.scattered(sum[1], match);
    for (auto const* image : {&match.base, &match.scatter, &match.scatter_low}) {
        auto const* const tensor = part.constant(*image);
        part.require(tensor != nullptr && tensor->shape.size() == 3 && !tensor->floats.empty());
    }
    if (!part.fits) return std::nullopt;
    match.nodes.assign(part.nodes.rbegin(), part.nodes.rend());
    return match;
}

}  // namespace lowcal::graph
