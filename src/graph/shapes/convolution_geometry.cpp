#include "graph/shapes/convolution_geometry.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lowcal::graph {
namespace {

// Far beyond any image, and small enough that no product of two overflows.
constexpr std::int64_t largest_extent = std::int64_t{1} << 30;
/// Cells along an axis, of input and output. What oneDNN takes to choose how it computes them grows
/// with their number: of 2^16 0.25 GB, of 2^20 seven seconds and 4 GB (version 2.6.3).
constexpr std::int64_t most_cells = std::int64_t{1} << 16;

[[noreturn]] void reject(Node const& node, std::string const& why)
{
    throw InputError("cannot use " + describe(node), why);
}

/// A list attribute with one entry per axis (or two, for pads).
std::vector<std::int64_t> per_axis(Node const& node, std::string const& key, std::size_t count,
                                   std::int64_t fallback)
{
    auto values = ints_attribute(node, key, std::vector<std::int64_t>(count, fallback));
    if (values.size() != count)
        reject(node, fmt::format("its attribute '{}' has {} entries; {} are needed", key,
                                 values.size(), count));
    for (auto const value : values)
        if (value < 0 || value > largest_extent)
            reject(node, fmt::format("its attribute '{}' holds {}", key, value));
    return values;
}

std::int64_t kernel_extent(ConvolutionAxis const& axis)
{
    return (axis.kernel - 1) * axis.dilation + 1;
}

/// Splits padding over both sides; the odd one goes to the end or to the begin.
void distribute_padding(ConvolutionAxis& axis, std::int64_t total, bool extra_at_end)
{
    axis.pad_begin = extra_at_end ? total / 2 : total - total / 2;
    axis.pad_end = total - axis.pad_begin;
}

void resolve_convolution(Node const& node, ConvolutionAxis& axis)
{
    auto const auto_pad = string_attribute(node, "auto_pad", "NOTSET");
    if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
        axis.output = (axis.input + axis.stride - 1) / axis.stride;
        auto const covered = (axis.output - 1) * axis.stride + kernel_extent(axis);
        distribute_padding(axis, std::max<std::int64_t>(0, covered - axis.input),
                           auto_pad == "SAME_UPPER");
        return;
    }
    if (auto_pad == "VALID") axis.pad_begin = axis.pad_end = 0;
    auto const free = axis.input + axis.pad_begin + axis.pad_end - kernel_extent(axis);
    if (free < 0)
        reject(node, fmt::format("its kernel covers {} cells, its padded input has {}",
                                 kernel_extent(axis), axis.input + axis.pad_begin + axis.pad_end));
    axis.output = free / axis.stride + 1;
}

/// `wanted` is an entry of output_shape, 0 if the node has none.
void resolve_transposed(Node const& node, ConvolutionAxis& axis, std::int64_t output_padding,
                        std::int64_t wanted)
{
    auto const auto_pad = string_attribute(node, "auto_pad", "NOTSET");
    bool const same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
    auto const full = (axis.input - 1) * axis.stride + output_padding + kernel_extent(axis);
    if (auto_pad == "VALID") axis.pad_begin = axis.pad_end = 0;
    if (wanted > 0 || same) {
        axis.output = wanted > 0 ? wanted : axis.input * axis.stride;
        auto const total = full - axis.output;
        distribute_padding(axis, std::max<std::int64_t>(0, total), auto_pad == "SAME_UPPER");
        if (total < 0) axis.pad_end = total;
    } else {
        axis.output = full - axis.pad_begin - axis.pad_end;
        axis.pad_end -= output_padding;
    }
    if (axis.output < 1) reject(node, "its padding leaves nothing of its output");
}

std::vector<ConvolutionAxis> unresolved_axes(Node const& node, Shape const& input,
                                             Shape const& weights)
{
    auto const count = input.size() - 2;
    auto const strides = per_axis(node, "strides", count, 1);
    auto const dilations = per_axis(node, "dilations", count, 1);
    auto const pads = per_axis(node, "pads", 2 * count, 0);
    std::vector<ConvolutionAxis> axes(count);
    for (std::size_t a = 0; a < count; ++a) {
        axes[a].input = input[2 + a];
        axes[a].kernel = weights[2 + a];
        axes[a].stride = strides[a];
        axes[a].dilation = dilations[a];
        axes[a].pad_begin = pads[a];
        axes[a].pad_end = pads[count + a];
    }
    return axes;
}

void resolve_axes(Node const& node, std::vector<ConvolutionAxis>& axes)
{
    if (node.op != "ConvTranspose") {
        for (auto& axis : axes) resolve_convolution(node, axis);
        return;
    }
    auto const output_padding = per_axis(node, "output_padding", axes.size(), 0);
    auto const output_shape = per_axis(node, "output_shape", axes.size(), 0);
    for (std::size_t a = 0; a < axes.size(); ++a)
        resolve_transposed(node, axes[a], output_padding[a], output_shape[a]);
}

void require_fitting_shapes(Node const& node, Shape const& input, Shape const& weights)
{
    auto const shapes = fmt::format("its input has shape {}, its weights have shape {}",
                                    describe(input), describe(weights));
    if (input.size() < 3 || input.size() > 5)
        reject(node, shapes + ": one to three spatial dimensions are supported");
    if (weights.size() != input.size())
        reject(node, shapes + ": they differ in their number of dimensions");
    for (auto const& shape : {input, weights})
        for (auto const size : shape)
            if (size < 1 || size > largest_extent) reject(node, shapes + ": they cannot be used");
    Shape const kernel(weights.begin() + 2, weights.end());
    if (ints_attribute(node, "kernel_shape", kernel) != kernel)
        reject(node, shapes + ", which its attribute 'kernel_shape' contradicts");
    auto const groups = int_attribute(node, "group", 1);
    bool fits = groups >= 1 && groups <= weights[0] && weights[0] % groups == 0;
    fits = fits && input[1] == (node.op == "ConvTranspose" ? weights[0] : weights[1] * groups);
    if (!fits) reject(node, shapes + fmt::format(": the channels do not fit {} groups", groups));
}

}  // namespace

Shape ConvolutionGeometry::output_shape() const
{
    Shape shape{batch, output_channels};
    for (auto const& axis : axes) shape.push_back(axis.output);
    return shape;
}

ConvolutionGeometry convolution_geometry(Node const& node, Shape const& input, Shape const& weights)
{
    require_fitting_shapes(node, input, weights);
    ConvolutionGeometry geometry;
    geometry.batch = input[0];
    geometry.groups = int_attribute(node, "group", 1);
    geometry.input_channels = input[1];
    geometry.output_channels =
        node.op == "ConvTranspose" ? weights[1] * geometry.groups : weights[0];
    geometry.axes = unresolved_axes(node, input, weights);
    resolve_axes(node, geometry.axes);
    for (auto const& axis : geometry.axes)
        if (auto const cells = std::max(axis.input, axis.output); cells > most_cells)
            reject(node, fmt::format("it has {} cells along an axis; at most {} are supported",
                                     cells, most_cells));
    return geometry;
}

ConvolutionGeometry pool_geometry(Node const& node, Shape const& input)
{
    if (input.size() < 3) reject(node, "its input has shape " + describe(input));
    auto single = node;
    single.attributes["group"] = input[1];
    Shape weights{input[1], 1};
    auto const kernel = ints_attribute(node, "kernel_shape", {});
    weights.insert(weights.end(), kernel.begin(), kernel.end());
    auto geometry = convolution_geometry(single, input, weights);
    for (auto const& axis : geometry.axes) {
        auto const free = axis.input + axis.pad_begin + axis.pad_end - kernel_extent(axis);
        if (int_attribute(node, "ceil_mode", 0) != 0 && free % axis.stride != 0)
            reject(node, "its attribute 'ceil_mode' lets windows hang over the image");
    }
    return geometry;
}

}  // namespace lowcal::graph
