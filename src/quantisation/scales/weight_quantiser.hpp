#pragma once

#include "graph/model/graph.hpp"
#include "quantisation/form/input_products.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::quantisation {

/// Weights of one output channel as levels -127 to 127: weight = scale x level.
struct QuantisedChannel {
    float scale = 1.0F;
    std::vector<std::int8_t> levels;
};

/// Where the levels are multiplied.
enum class LevelUse {
    integers,  ///< with unsigned 8-bit levels, summed in integers
    floats     ///< after they became floats again: weights that are only stored in int8
};

/// Quantises one output channel, input channel slowest ([in][tap...]), with the scale of least
/// square error.
///
/// For use in integers, levels of neighbouring input channels (2i, 2i + 1) at the same tap are kept
/// so small that 255 x their sum fits 16 bits: CPUs without VNNI add such products pairwise in 16
/// bits, and a larger pair would saturate there. One file so gives the same sums on every CPU; the
/// scale weighs what that costs against finer levels. All-zero channels get scale 1. Throws
/// InputError where a weight is not finite.
///
/// With `products` of the layer's inputs, for use in integers, each weight is rounded such that it
/// makes up for the errors of those rounded before it, and the scale is that of the least error of
/// the layer's result (Babai's nearest plane; Frantar et al. 2022, arXiv:2210.17323).
QuantisedChannel quantise_channel(std::span<float const> weights, std::size_t taps,
                                  LevelUse use = LevelUse::integers,
                                  InputProducts const* products = nullptr);

/// Weights of a convolution, [out, in, ...], or of a transposed one, [in, out, ...].
struct QuantisedWeights {
    graph::Tensor levels{};       ///< int8, the shape of the weights
    std::vector<float> scales{};  ///< per output channel
    std::int64_t channel_axis = 0;
};
enum class WeightOrder { output_first, input_first };
QuantisedWeights quantise_weights(graph::Tensor const& weights, WeightOrder order,
                                  LevelUse use = LevelUse::integers,
                                  InputProducts const* products = nullptr);

/// The levels times their scales.
graph::Tensor dequantised(QuantisedWeights const& weights);

}  // namespace lowcal::quantisation
