#include "runtime/division/packed_dense.hpp"

#include "runtime/kernels/dense_kernel.hpp"
#include "runtime/kernels/level_product_kernel.hpp"

#include <cmath>

namespace lowcal::runtime {
namespace {

std::vector<std::size_t> inputs_of(std::vector<InputRange> const& ranges)
{
    std::vector<std::size_t> inputs;
    for (auto const& [first, last] : ranges)
        for (auto i = first; i < last; ++i) inputs.push_back(static_cast<std::size_t>(i));
    return inputs;
}

}  // namespace

PackedDense::PackedDense(graph::SplitWeights::Dense const& dense,
                         std::vector<InputRange> const& ranges)
    : outputs(static_cast<std::size_t>(dense.outputs)), bias(padded_outputs(outputs), 0.0F)
{
    auto const from = inputs_of(ranges);
    inputs = from.size();
    weights.resize(inputs * padded_outputs(outputs), 0.0F);
    for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t o = 0; o < outputs; ++o)
            weights[weight_index(inputs, i, o)] = dense.weights[from[i] * outputs + o];
    std::copy(dense.bias.begin(), dense.bias.end(), bias.begin());
}

void PackedDense::operator()(std::size_t rows, float const* source, float* result, bool leaky,
                             Start start) const
{
    dense_kernels.fastest()({.rows = rows,
                             .inputs = inputs,
                             .outputs = outputs,
                             .source = source,
                             .weights = weights.data(),
                             .bias = start.bias != nullptr ? start.bias : bias.data(),
                             .slope = leaky ? graph::split_slope : 1.0F,
                             .result = result,
                             .start = start.start});
}

LevelDense::LevelDense(graph::SplitWeights::Dense const& dense,
                       std::vector<InputRange> const& ranges)
    : outputs(padded(static_cast<std::size_t>(dense.outputs), level_outputs_together)),
      scale(outputs, 0.0F),
      bias(outputs, 0.0F)
{
    auto const from = inputs_of(ranges);
    inputs = padded(from.size(), inputs_together);
    bool const in_pairs = level_product_kernel().pairs;
    if (in_pairs)
        pairs.resize(inputs * outputs);
    else
        fours.resize(inputs * outputs);
    auto const own_outputs = static_cast<std::size_t>(dense.outputs);
    for (std::size_t o = 0; o < own_outputs; ++o) {
        scale[o] = dense.scales[o];
        double zeros = 0;
        for (std::size_t i = 0; i < from.size(); ++i) {
            auto const level = std::lround(dense.weights[from[i] * own_outputs + o] / scale[o]);
            zeros += static_cast<double>(level) * static_cast<double>(dense.levels[from[i]].zero);
            if (in_pairs)
                pairs[pair_index(outputs, i, o)] = static_cast<std::int16_t>(level);
            else
                fours[(i / inputs_together * outputs + o) * inputs_together + i % inputs_together] =
                    static_cast<std::int8_t>(level);
        }
        bias[o] = static_cast<float>(static_cast<double>(dense.bias[o]) -
                                     zeros * static_cast<double>(scale[o]));
    }
}

namespace {

LevelProduct product_of(LevelDense const& dense, std::size_t rows, LevelDense::Source const& source)
{
    bool const own = source.start == nullptr;
    return {.rows = rows,
            .inputs = dense.inputs,
            .outputs = dense.outputs,
            .source = source.levels,
            .source_step = source.step,
            .weights = dense.fours.empty() ? static_cast<void const*>(dense.pairs.data())
                                           : dense.fours.data(),
            .scale = dense.scale.data(),
            .start = own ? dense.bias.data() : source.start,
            .start_step = own ? 0 : source.start_step};
}

}  // namespace

void LevelDense::operator()(std::size_t rows, Source const& source,
                            graph::NumberLevels const& levels, std::uint8_t* result) const
{
    auto product = product_of(*this, rows, source);
    product.slope = graph::split_slope;
    product.inverse = 1.0F / levels.scale;
    product.zero = levels.zero;
    product.levels = result;
    level_product_kernel().run(product);
}

void LevelDense::operator()(std::size_t rows, Source const& source, float* result) const
{
    auto product = product_of(*this, rows, source);
    product.numbers = result;
    level_product_kernel().run(product);
}

}  // namespace lowcal::runtime
