#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/layout_arguments.hpp"

#include <cmath>

namespace lowcal::graph {
namespace {

/// scale (x - mean) / sqrt(variance + epsilon) + shift, each channel with its own numbers.
void batch_normalization(ReferenceCall const& call)
{
    double const epsilon = float_attribute(call.node, "epsilon", 1e-5F);
    auto const channel_value = [&call](std::size_t i, std::int64_t channel) -> double {
        return call.input(i).floats[static_cast<std::size_t>(channel)];
    };
    auto& out = call.output();
    for_each_element(out.shape, [&](Shape const& index, std::size_t position) {
        auto const channel = index[1];
        double const centred = call.input(0).floats[position] - channel_value(3, channel);
        double const spread = std::sqrt(channel_value(4, channel) + epsilon);
        out.floats[position] = static_cast<float>(channel_value(1, channel) * centred / spread +
                                                  channel_value(2, channel));
    });
}

/// Sums over the reduced axes, for each element of the output.
std::vector<double> sums(ReferenceCall const& call, std::vector<std::size_t> const& axes)
{
    auto const& in = call.input(0);
    auto kept = in.shape;
    for (auto const axis : axes) kept[axis] = 1;
    std::vector<double> result(call.output().floats.size(), 0.0);
    for_each_element(in.shape, [&](Shape index, std::size_t position) {
        for (auto const axis : axes) index[axis] = 0;
        result[position_of(index, kept)] += in.floats[position];
    });
    return result;
}

void reduce_sum(ReferenceCall const& call)
{
    auto const totals = sums(call, reduced_axes(call.operands()));
    std::transform(totals.begin(), totals.end(), call.output().floats.begin(),
                   [](double total) { return static_cast<float>(total); });
}

void reduce_mean(ReferenceCall const& call)
{
    auto const totals = sums(call, reduced_axes(call.operands()));
    auto const count = call.input(0).floats.size() / totals.size();
    auto const terms = static_cast<double>(count);
    std::transform(totals.begin(), totals.end(), call.output().floats.begin(),
                   [terms](double total) { return static_cast<float>(total / terms); });
}

}  // namespace

std::map<std::string, ReferenceOperator> normalisation_reference()
{
    return {{"BatchNormalization", batch_normalization},
            {"ReduceMean", reduce_mean},
            {"ReduceSum", reduce_sum}};
}

}  // namespace lowcal::graph
