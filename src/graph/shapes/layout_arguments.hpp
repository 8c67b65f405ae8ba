#pragma once

#include "graph/model/operands.hpp"

#include <optional>

namespace lowcal::graph {

// The arguments of operators that move elements, resolved to numbers for known input shapes: one
// reading of ONNX's text for shape inference, the reference run and the runtime. All throw
// InputError naming the node.

/// An axis in [-rank, rank) counted from the front.
std::size_t resolved_axis(Operands const& operands, std::int64_t axis, std::int64_t rank);

/// Axes counted from the front, each at most once, ascending.
std::vector<std::size_t> resolved_axes(Operands const& operands,
                                       std::vector<std::int64_t> const& axes, std::int64_t rank);

/// Axes of ReduceSum (an input) or ReduceMean (an attribute); none given means all of them, or
/// none with ReduceSum's noop_with_empty_axes.
std::vector<std::size_t> reduced_axes(Operands const& operands);

/// Axes that a Squeeze removes: those it names, or all of one.
std::vector<std::size_t> squeezed_axes(Operands const& operands);

/// How often a Tile repeats each axis.
std::vector<std::int64_t> tile_repeats(Operands const& operands);

/// The dimensions of its input that a Shape takes: from `first` to before `last`.
struct ShapePart {
    std::int64_t first = 0;
    std::int64_t last = 0;
};
ShapePart shape_part(Operands const& operands);

/// A Range of integers.
struct IntegerSteps {
    std::int64_t start = 0;
    std::int64_t step = 1;
    std::int64_t count = 0;
};
IntegerSteps range_of(Operands const& operands);

/// The whole shape that a Reshape makes.
Shape reshaped(Operands const& operands);

/// Source axis of each output axis of a Transpose.
std::vector<std::size_t> permutation(Operands const& operands);

/// One axis of a Slice: output o is input start + o * step.
struct SliceAxis {
    std::int64_t start = 0;
    std::int64_t step = 1;
    std::int64_t count = 0;
};
std::vector<SliceAxis> slice_axes(Operands const& operands);

/// Sizes of a Split's outputs along its axis.
struct SplitParts {
    std::size_t axis = 0;
    std::vector<std::int64_t> sizes;
};
SplitParts split_parts(Operands const& operands);

/// One axis of a Pad; negative numbers crop. Reflections are less wide than their axis.
struct PadAxis {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};
std::vector<PadAxis> pad_axes(Operands const& operands);

/// One axis of a Resize: output size, and output size over input size as ONNX rounds it.
struct ResizeAxis {
    std::int64_t output = 1;
    float scale = 1.0F;
};
std::vector<ResizeAxis> resize_axes(Operands const& operands);

/// The axis of QuantizeLinear's and DequantizeLinear's scales; nothing if there is one for all.
std::optional<std::size_t> quantisation_axis(Operands const& operands);

}  // namespace lowcal::graph
