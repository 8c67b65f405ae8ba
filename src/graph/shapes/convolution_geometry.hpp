#pragma once

#include "graph/model/operands.hpp"

namespace lowcal::graph {

/// One spatial axis of a convolution, padding resolved to numbers.
///
/// Conv: output o reads inputs o * stride - pad_begin + k * dilation for k in [0, kernel).
/// ConvTranspose: input i adds to outputs i * stride - pad_begin + k * dilation.
/// What falls outside [0, input) or [0, output) is zero or dropped.
struct ConvolutionAxis {
    std::int64_t input = 1;
    std::int64_t output = 1;
    std::int64_t kernel = 1;
    std::int64_t stride = 1;
    std::int64_t dilation = 1;
    std::int64_t pad_begin = 0;
    std::int64_t pad_end = 0;  ///< negative: outputs of ConvTranspose that no input reaches
};

/// A Conv or ConvTranspose of known shapes.
struct ConvolutionGeometry {
    std::int64_t batch = 1;
    std::int64_t groups = 1;
    std::int64_t input_channels = 1;
    std::int64_t output_channels = 1;
    std::vector<ConvolutionAxis> axes;  ///< one to three spatial axes

    /// [batch, output channels, output sizes]
    Shape output_shape() const;
};

/// Shapes are ONNX's: input [N, C, spatial...]; weights [M, C/groups, kernel...] of Conv,
/// [C, M/groups, kernel...] of ConvTranspose. Throws InputError naming node and shapes if they do
/// not fit each other or the attributes.
ConvolutionGeometry convolution_geometry(Node const& node, Shape const& input,
                                         Shape const& weights);

/// The windows of AveragePool and MaxPool as a convolution of each channel by itself. Throws
/// InputError like `convolution_geometry`, and where windows hang over the padded image.
ConvolutionGeometry pool_geometry(Node const& node, Shape const& input);

}  // namespace lowcal::graph
