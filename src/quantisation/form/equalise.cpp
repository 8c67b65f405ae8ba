#include "quantisation/form/equalise.hpp"

#include "quantisation/form/blocks.hpp"
#include "quantisation/scales/channel_moments.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

float power_of_two_near(double factor)
{
    return static_cast<float>(std::exp2(std::round(std::log2(factor))));
}

/// Sum of the squares of the weights that read each input channel.
std::vector<double> squares_by_input(graph::Tensor const& weights, bool transposed)
{
    std::size_t const axis = transposed ? 0 : 1;
    auto const channels = static_cast<std::size_t>(weights.shape[axis]);
    auto const stride = stride_of(weights.shape, axis);
    std::vector<double> squares(channels, 0.0);
    for (std::size_t i = 0; i < weights.floats.size(); ++i)
        squares[i / stride % channels] += std::pow(static_cast<double>(weights.floats[i]), 2);
    return squares;
}

/// Each number over the largest; numbers of 0 stay.
void divide_by_largest(std::vector<double>& numbers)
{
    double const largest = *std::max_element(numbers.begin(), numbers.end());
    if (largest > 0)
        for (auto& number : numbers) number /= largest;
}

/// `activations`: largest |x| of each channel; `weights`: squares of the weights that read it.
std::vector<float> channel_factors(std::vector<double> activations, std::vector<double> weights,
                                   double strength)
{
    divide_by_largest(activations);
    divide_by_largest(weights);
    std::vector<float> factors(activations.size(), 1.0F);
    for (std::size_t c = 0; c < factors.size(); ++c) {
        if (!(activations[c] > 0) || !(weights[c] > 0)) continue;
        factors[c] = power_of_two_near(std::pow(weights[c], 0.5 * (1 - strength)) /
                                       std::pow(activations[c], strength));
    }
    return factors;
}

/// A block and the int8 convolution that alone reads it.
struct Pair {
    Block block;
    Node const* reader;
};

std::vector<Pair> pairs_of(Graph const& graph, Blocks const& blocks, Int8Plan const& plan)
{
    std::vector<Pair> pairs;
    for (auto const& node : graph.nodes) {
        auto const* const reader = blocks.reading_convolution(node.outputs.front());
        if (reader == nullptr || plan.precision_of(reader->name) != LayerPrecision::int8) continue;
        if (is_view(node)) continue;  // its channels may be another axis
        if (auto block = blocks.ending_in(node.outputs.front()))
            pairs.push_back({.block = *block, .reader = reader});
    }
    return pairs;
}

double range_of(Statistics const& statistics, std::string const& value)
{
    auto const found = statistics.find(value);
    return found == statistics.end() ? 0.0 : found->second.high() - found->second.low();
}

}  // namespace

Graph equalise_channels(Graph canonical, Int8Plan const& plan, NetworkRunner const& runner,
                        double strength)
{
    auto const original = canonical;
    Blocks const blocks(original);
    auto const pairs = pairs_of(original, blocks, plan);
    std::vector<std::string> values;
    values.reserve(pairs.size());
    for (auto const& pair : pairs) values.push_back(pair.block.value);
    auto const moments = channel_moments(original, values, runner);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        auto const& [block, reader] = pairs[i];
        auto const factors =
            channel_factors(moments[i].largest,
                            squares_by_input(original.constants.at(reader->inputs[1]),
                                             reader->op == "ConvTranspose"),
                            strength);
        scale_result(canonical, block, factors);
        divide_input_channels(canonical, *reader, 0, factors);
    }
    return canonical;
}

namespace {

/// One input of a concatenation of channels.
struct Branch {
    std::optional<Block> block;  ///< that makes it; without one its range is what it is
    std::size_t channels = 0;
    double range = 0;
};

/// The branches that an int8 convolution alone reads, joined by `node`; else none.
std::vector<Branch> branches_of(Node const& node, Blocks const& blocks, Int8Plan const& plan,
                                Statistics const& statistics)
{
    if (node.op != "Concat" || graph::int_attribute(node, "axis", 0) != 1) return {};
    auto const* const reader = blocks.reading_convolution(node.outputs.front());
    if (reader == nullptr || plan.precision_of(reader->name) != LayerPrecision::int8) return {};
    std::vector<Branch> branches;
    for (auto const& input : node.inputs) {
        Branch branch{.block = blocks.ending_in(input),
                      .channels = static_cast<std::size_t>(blocks.shape(input)[1])};
        branch.range =
            range_of(statistics, branch.block ? branch.block->value : blocks.viewed(input));
        branches.push_back(std::move(branch));
    }
    return branches;
}

/// The largest range of the branches that cannot be scaled; of all where there are none.
double common_range(std::vector<Branch> const& branches)
{
    double fixed = 0, largest = 0;
    for (auto const& branch : branches) {
        if (!branch.block) fixed = std::max(fixed, branch.range);
        largest = std::max(largest, branch.range);
    }
    return fixed > 0 ? fixed : largest;
}

}  // namespace

Graph equalise_branches(Graph canonical, Int8Plan const& plan, Statistics const& statistics)
{
    auto const original = canonical;
    Blocks const blocks(original);
    for (auto const& node : original.nodes) {
        auto const branches = branches_of(node, blocks, plan, statistics);
        double const range = common_range(branches);
        std::size_t first = 0;
        for (auto const& branch : branches) {
            if (branch.block && branch.range > 0 && range > 0) {
                auto const& block = *branch.block;
                std::vector<float> const factors(branch.channels,
                                                 power_of_two_near(range / branch.range));
                auto const own = static_cast<std::size_t>(blocks.shape(block.value)[1]);
                scale_result(canonical, block, std::vector<float>(own, factors.front()));
                divide_input_channels(canonical, *blocks.reading_convolution(node.outputs.front()),
                                      first, factors);
            }
            first += branch.channels;
        }
    }
    return canonical;
}

}  // namespace lowcal::quantisation
