#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/broadcast.hpp"
#include "graph/shapes/layout_arguments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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

/// Means and the like divide by the number of terms.
std::size_t terms_of(ReferenceCall const& call, std::size_t results)
{
    auto const& in = call.input(0);
    return (in.floats.size() + in.integers.size()) / results;
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
    auto const terms = static_cast<double>(terms_of(call, totals.size()));
    std::transform(totals.begin(), totals.end(), call.output().floats.begin(),
                   [terms](double total) { return static_cast<float>(total / terms); });
}

/// A reduction: how a term joins what there is of the terms before it, and what becomes of all.
struct Reduction {
    double start;
    double (*join)(double so_far, double term);
    double (*finish)(double all);
};

double same(double x)
{
    return x;
}
double add_size(double sum, double x)
{
    return sum + std::fabs(x);
}
double add_square(double sum, double x)
{
    return sum + x * x;
}
double add_power(double sum, double x)
{
    return sum + std::exp(x);
}
double product(double a, double b)
{
    return a * b;
}
double plus(double a, double b)
{
    return a + b;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

/// In double exp does not overflow where float32 numbers have a logarithm that float32 holds.
std::map<std::string, Reduction> const& reductions()
{
    static std::map<std::string, Reduction> const all{
        {"ReduceL1", {0, add_size, same}},        {"ReduceL2", {0, add_square, std::sqrt}},
        {"ReduceLogSum", {0, plus, std::log}},    {"ReduceLogSumExp", {0, add_power, std::log}},
        {"ReduceMax", {-infinity, larger, same}}, {"ReduceMin", {infinity, smaller, same}},
        {"ReduceProd", {1, product, same}},       {"ReduceSumSquare", {0, add_square, same}}};
    return all;
}

void reduce(ReferenceCall const& call)
{
    auto const& in = call.input(0);
    auto& out = call.output();
    auto const& reduction = reductions().at(call.node.op);
    auto const axes = reduced_axes(call.operands());
    auto kept = in.shape;
    for (auto const axis : axes) kept[axis] = 1;
    std::vector<double> results(out.floats.size() + out.integers.size(), reduction.start);
    for_each_element(in.shape, [&](Shape index, std::size_t position) {
        for (auto const axis : axes) index[axis] = 0;
        auto& result = results[position_of(index, kept)];
        result =
            reduction.join(result, in.floats.empty() ? static_cast<double>(in.integers[position])
                                                     : double{in.floats[position]});
    });
    for (std::size_t i = 0; i < results.size(); ++i) {
        auto const result = reduction.finish(results[i]);
        if (out.floats.empty())
            out.integers.set(i, static_cast<std::int64_t>(result));  // the size of a tensor
        else
            out.floats[i] = static_cast<float>(result);
    }
}

/// (x - mean) / sqrt(variance + epsilon) of `length` numbers that follow one another.
void normalise_row(float const* in, float* out, std::size_t length, double epsilon)
{
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < length; ++i) mean += double{in[i]};
    mean /= static_cast<double>(length);
    for (std::size_t i = 0; i < length; ++i) variance += (in[i] - mean) * (in[i] - mean);
    variance /= static_cast<double>(length);
    for (std::size_t i = 0; i < length; ++i)
        out[i] = static_cast<float>((in[i] - mean) / std::sqrt(variance + epsilon));
}

/// Each channel of each image by itself.
void instance_normalization(ReferenceCall const& call)
{
    auto const& in = call.input(0);
    auto& out = call.output().floats;
    double const epsilon = float_attribute(call.node, "epsilon", 1e-5F);
    auto const channels = static_cast<std::size_t>(in.shape[1]);
    auto const images = static_cast<std::size_t>(in.shape[0]) * channels;
    auto const cells = out.size() / images;
    for (std::size_t image = 0; image < images; ++image) {
        auto const first = image * cells;
        normalise_row(in.floats.data() + first, out.data() + first, cells, epsilon);
        for (std::size_t i = first; i < first + cells; ++i)
            out[i] = out[i] * call.input(1).floats[image % channels] +
                     call.input(2).floats[image % channels];
    }
}

void layer_normalization(ReferenceCall const& call)
{
    auto const& in = call.input(0);
    auto& out = call.output().floats;
    double const epsilon = float_attribute(call.node, "epsilon", 1e-5F);
    auto const axis = resolved_axis(call.operands(), int_attribute(call.node, "axis", -1),
                                    call.operands().rank(0));
    Shape const together(in.shape.begin() + static_cast<std::ptrdiff_t>(axis), in.shape.end());
    auto const length = static_cast<std::size_t>(element_count(together));
    auto const scales = broadcast_positions(call.input(1).shape, together);
    std::vector<std::size_t> shifts;
    if (call.has(2)) shifts = broadcast_positions(call.input(2).shape, together);
    for (std::size_t first = 0; first < out.size(); first += length) {
        normalise_row(in.floats.data() + first, out.data() + first, length, epsilon);
        for (std::size_t i = 0; i < length; ++i) {
            out[first + i] *= call.input(1).floats[scales[i]];
            if (call.has(2)) out[first + i] += call.input(2).floats[shifts[i]];
        }
    }
}

/// Calls `change` with the numbers along the axis for each place beside it.
template <typename Change>
void along_axis(ReferenceCall const& call, Change change)
{
    auto const& in = call.input(0);
    auto const axis = resolved_axis(call.operands(), int_attribute(call.node, "axis", -1),
                                    call.operands().rank(0));
    auto firsts = in.shape;
    firsts[axis] = 1;
    std::vector<double> numbers(static_cast<std::size_t>(in.shape[axis]));
    for_each_element(firsts, [&](Shape index, std::size_t) {
        auto const place = [&](std::size_t i) {
            index[axis] = static_cast<std::int64_t>(i);
            return position_of(index, in.shape);
        };
        for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = double{in.floats[place(i)]};
        change(numbers);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            call.output().floats[place(i)] = static_cast<float>(numbers[i]);
    });
}

template <bool logarithm>
void softmax(ReferenceCall const& call)
{
    along_axis(call, [](std::vector<double>& numbers) {
        auto const most = *std::max_element(numbers.begin(), numbers.end());
        double sum = 0;
        for (auto const x : numbers) sum += std::exp(x - most);
        for (auto& x : numbers) x = logarithm ? x - most - std::log(sum) : std::exp(x - most) / sum;
    });
}

/// A norm of 0 leaves zeros.
void lp_normalization(ReferenceCall const& call)
{
    bool const squares = int_attribute(call.node, "p", 2) == 2;
    along_axis(call, [squares](std::vector<double>& numbers) {
        double norm = 0;
        for (auto const x : numbers) norm += squares ? x * x : std::fabs(x);
        if (squares) norm = std::sqrt(norm);
        if (norm == 0) return;
        for (auto& x : numbers) x /= norm;
    });
}

}  // namespace

std::map<std::string, ReferenceOperator> normalisation_reference()
{
    std::map<std::string, ReferenceOperator> operators{
        {"BatchNormalization", batch_normalization},
        {"InstanceNormalization", instance_normalization},
        {"LayerNormalization", layer_normalization},
        {"LogSoftmax", softmax<true>},
        {"LpNormalization", lp_normalization},
        {"ReduceMean", reduce_mean},
        {"ReduceSum", reduce_sum},
        {"Softmax", softmax<false>}};
    for (auto const& [op, unused] : reductions()) operators[op] = reduce;
    return operators;
}

}  // namespace lowcal::graph
