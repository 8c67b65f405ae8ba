#pragma once

#include <dnnl.hpp>

#include <cstdint>
#include <vector>

// The one place where oneDNN 2 and 3 differ for us: how primitive descriptors are made, how
// an element-wise post-op is written and how int8 accumulators are scaled. Included by source files
// of runtime/ only.

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

/// What turns the int32 accumulators of an int8 convolution into float32: (accumulator + bias) x
/// scale, rounded after each, by either version, so that their results have the same bits.
struct Int8Attributes {
    std::vector<float> scales;       ///< per output channel
    dnnl::memory::desc per_channel;  ///< of the scales, [1, C, 1...]
    std::int32_t source_zero_point = 0;
};

struct ExtraArgument {
    int argument;
    dnnl::memory memory;
};
/// Sets the attributes, before another post-op is appended; what must be passed at each execution
/// (oneDNN 3) comes back.
std::vector<ExtraArgument> set_int8(dnnl::primitive_attr& attributes, dnnl::post_ops& post_ops,
                                    Int8Attributes const& numbers, dnnl::engine const& engine);

/// Appends an operation with a second operand; the argument that it is passed as comes back.
int append_binary(dnnl::post_ops& post_ops, dnnl::algorithm algorithm,
                  dnnl::memory::desc const& description);

/// Appends max(x, slope * x); slope 0 is ReLU.
void append_leaky_relu(dnnl::post_ops& post_ops, float slope);

/// Appends x + number: cheaper than an addition of numbers per channel where all are alike.
void append_addition(dnnl::post_ops& post_ops, float number);

}  // namespace lowcal::runtime
