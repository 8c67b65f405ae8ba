#pragma once

#include <dnnl.hpp>

#include <cstdint>
#include <vector>

// The one place where oneDNN 2 and 3 differ for us: how primitive descriptors are made and how an
// element-wise post-op is written. Included by source files of runtime/ only.

namespace lowcal::runtime {

/// Sizes of a convolution or transposed convolution in oneDNN's logical order (N, C, spatial).
struct ConvolutionSizes {
    dnnl::memory::desc source;
    dnnl::memory::desc weights;
    dnnl::memory::desc bias;  ///< zero-sized if there is none
    dnnl::memory::desc destination;
    std::vector<std::int64_t> strides;
    std::vector<std::int64_t> dilations;  ///< 0: none
    std::vector<std::int64_t> padding_before;
    std::vector<std::int64_t> padding_after;
};

dnnl::convolution_forward::primitive_desc make_convolution(dnnl::engine const& engine,
                                                           ConvolutionSizes const& sizes,
                                                           dnnl::primitive_attr const& attributes);

dnnl::deconvolution_forward::primitive_desc make_deconvolution(
    dnnl::engine const& engine, ConvolutionSizes const& sizes,
    dnnl::primitive_attr const& attributes);

/// What turns the int32 accumulators of an int8 convolution into float32.
struct Int8Attributes {
    std::vector<float> scales;  ///< per output channel, of the accumulator
    std::int32_t source_zero_point = 0;
};

/// True if a convolution adds its bias to the accumulator before the scales, in their unit (oneDNN
/// 2); false if behind them (oneDNN 3).
inline constexpr bool bias_in_accumulator_unit = DNNL_VERSION_MAJOR < 3;

struct ExtraArgument {
    int argument;
    dnnl::memory memory;
};
/// Sets the attributes; what must be passed at each execution (oneDNN 3) comes back.
std::vector<ExtraArgument> set_int8(dnnl::primitive_attr& attributes, Int8Attributes const& numbers,
                                    dnnl::engine const& engine);

/// Appends max(x, slope * x); slope 0 is ReLU.
void append_leaky_relu(dnnl::post_ops& post_ops, float slope);

/// Appends x + number: cheaper than an addition of numbers per channel where all are alike.
void append_addition(dnnl::post_ops& post_ops, float number);

}  // namespace lowcal::runtime
