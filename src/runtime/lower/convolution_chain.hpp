#pragma once

#include "runtime/lower/lowering.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lowcal::runtime {

/// A convolution and the nodes behind it that it takes over.
struct Lowering::ConvolutionChain {
    std::vector<float> scale;  ///< per output channel, into the weights and bias
    std::vector<float> bias;   ///< per output channel
    bool has_bias = false;
    std::string bias_operand{};   ///< value [N, C, 1...] that is added before the activation
    std::string shift_operand{};  ///< value [N, C, 1...] that is added behind it
    Epilogue epilogue;
    bool integers = false;           ///< int8 weights on a uint8 source
    std::optional<Levels> levels{};  ///< where the result leaves as uint8
    std::string result;              ///< value that the whole chain makes
    std::vector<graph::Node const*> nodes{};

    bool has_affine() const { return !epilogue.scale.empty() || epilogue.shift.any(); }
    bool folds_weights() const { return bias_operand.empty() && !levels; }
};

}  // namespace lowcal::runtime
