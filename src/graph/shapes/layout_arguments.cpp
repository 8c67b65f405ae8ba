#include "graph/shapes/layout_arguments.hpp"

#include "graph/model/element_type.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace lowcal::graph {

std::size_t resolved_axis(Operands const& operands, std::int64_t axis, std::int64_t rank)
{
    if (axis < -rank || axis >= rank)
        operands.reject(fmt::format("its axis {} does not exist in {} dimensions", axis, rank));
    return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

std::vector<std::size_t> resolved_axes(Operands const& operands,
                                       std::vector<std::int64_t> const& axes, std::int64_t rank)
{
    std::set<std::size_t> resolved;
    for (auto const axis : axes)
        if (!resolved.insert(resolved_axis(operands, axis, rank)).second)
            operands.reject(fmt::format("its axis {} is given twice", axis));
    return {resolved.begin(), resolved.end()};
}

std::vector<std::size_t> reduced_axes(Operands const& operands)
{
    auto axes = operands.has(1) ? operands.integers(1, "the axes")
                                : ints_attribute(operands.node(), "axes", {});
    if (axes.empty() && int_attribute(operands.node(), "noop_with_empty_axes", 0) == 0) {
        axes.resize(operands.shape(0).size());
        std::iota(axes.begin(), axes.end(), 0);
    }
    return resolved_axes(operands, axes, operands.rank(0));
}

std::vector<std::size_t> squeezed_axes(Operands const& operands)
{
    if (operands.has(1))
        return resolved_axes(operands, operands.integers(1, "the axes"), operands.rank(0));
    std::vector<std::size_t> axes;
    for (std::size_t d = 0; d < operands.shape(0).size(); ++d)
        if (operands.shape(0)[d] == 1) axes.push_back(d);
    return axes;
}

std::vector<std::int64_t> tile_repeats(Operands const& operands)
{
    auto const repeats = operands.integers(1, "the repeats");
    if (repeats.size() != operands.shape(0).size())
        operands.reject(fmt::format("it has {} repeats for {} dimensions", repeats.size(),
                                    operands.shape(0).size()));
    for (auto const repeat : repeats)
        if (repeat < 1 || repeat > largest_element_count)
            operands.reject(fmt::format("it repeats {} times", repeat));
    return repeats;
}

ShapePart shape_part(Operands const& operands)
{
    auto const rank = operands.rank(0);
    auto const place = [&](std::string const& key, std::int64_t fallback) {
        auto const given = int_attribute(operands.node(), key, fallback);
        return std::clamp<std::int64_t>(given < 0 ? given + rank : given, 0, rank);
    };
    ShapePart part{place("start", 0), place("end", rank)};
    part.last = std::max(part.first, part.last);
    return part;
}

IntegerSteps range_of(Operands const& operands)
{
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < 3; ++i) {
        auto const& number = operands.constant(i, "a bound");
        if (number.integers.size() != 1)
            operands.reject("its bounds are not single integers",
                            "only sizes and places are made so");
        numbers.push_back(number.integers.front());
    }
    if (numbers[2] == 0) operands.reject("its step is 0");
    auto const bounded = [](std::int64_t number) {
        return number > -largest_element_count && number < largest_element_count;
    };
    if (!std::all_of(numbers.begin(), numbers.end(), bounded))
        operands.reject("its bounds are too large");
    auto const span = numbers[2] > 0 ? numbers[1] - numbers[0] : numbers[0] - numbers[1];
    auto const step = std::abs(numbers[2]);
    return {numbers[0], numbers[2], std::max<std::int64_t>(0, (span + step - 1) / step)};
}

Shape reshaped(Operands const& operands)
{
    auto const& input = operands.shape(0);
    auto shape = operands.integers(1, "the shape");
    bool const zero_copies = int_attribute(operands.node(), "allowzero", 0) == 0;
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (shape[d] == 0 && zero_copies && d < input.size()) shape[d] = input[d];
    auto const open = std::find(shape.begin(), shape.end(), -1);
    auto const given = shape;
    if (open != shape.end()) *open = 1;
    auto const known = bounded_element_count(shape);
    auto const count = element_count(input);
    if (open != shape.end() && known && *known > 0) *open = count / *known;
    if (!known || bounded_element_count(shape) != count)
        operands.reject(fmt::format("its input of shape {} cannot become [{}]", describe(input),
                                    fmt::join(given, ", ")));
    return shape;
}

std::vector<std::size_t> permutation(Operands const& operands)
{
    auto const rank = operands.rank(0);
    std::vector<std::int64_t> reversed(operands.shape(0).size());
    std::iota(reversed.rbegin(), reversed.rend(), 0);
    auto const perm = ints_attribute(operands.node(), "perm", reversed);
    auto sorted = perm;
    std::sort(sorted.begin(), sorted.end());
    std::reverse(sorted.begin(), sorted.end());
    if (sorted != reversed)
        operands.reject(fmt::format("its attribute 'perm' [{}] is no order of {} dimensions",
                                    fmt::join(perm, ", "), rank));
    return {perm.begin(), perm.end()};
}

namespace {

/// ONNX: negative positions count from the end, and all are then clamped to the axis.
SliceAxis slice_axis(std::int64_t size, std::int64_t start, std::int64_t end, std::int64_t step)
{
    auto const from_front = [size](std::int64_t position) {
        if (position < -size) return std::int64_t{-1};
        return position < 0 ? position + size : position;
    };
    bool const forward = step > 0;
    auto const first = std::clamp<std::int64_t>(from_front(start), 0, forward ? size : size - 1);
    auto const last = std::clamp<std::int64_t>(from_front(end), forward ? 0 : -1, size);
    step = std::clamp(step, -largest_element_count, largest_element_count);
    auto const span = forward ? last - first : first - last;
    auto const stride = forward ? step : -step;
    return {first, step, std::max<std::int64_t>(0, (span + stride - 1) / stride)};
}

}  // namespace

std::vector<SliceAxis> slice_axes(Operands const& operands)
{
    auto const& input = operands.shape(0);
    auto const starts = operands.integers(1, "the starts");
    auto const ends = operands.integers(2, "the ends");
    std::vector<std::int64_t> axes(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
    if (operands.has(3)) axes = operands.integers(3, "the axes");
    std::vector<std::int64_t> steps(starts.size(), 1);
    if (operands.has(4)) steps = operands.integers(4, "the steps");
    if (ends.size() != starts.size() || axes.size() != starts.size() ||
        steps.size() != starts.size())
        operands.reject("its starts, ends, axes and steps differ in number");
    resolved_axes(operands, axes, operands.rank(0));
    std::vector<SliceAxis> result;
    for (auto const size : input) result.push_back({0, 1, size});
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (steps[i] == 0) operands.reject("its step is 0");
        auto const axis = resolved_axis(operands, axes[i], operands.rank(0));
        result[axis] = slice_axis(input[axis], starts[i], ends[i], steps[i]);
    }
    return result;
}

namespace {

/// Of one size, the last one of what is left.
std::vector<std::int64_t> parts_of(std::int64_t size, std::int64_t parts)
{
    auto const each = (size + parts - 1) / parts;
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(parts), each);
    sizes.back() = size - each * (parts - 1);
    return sizes;
}

}  // namespace

SplitParts split_parts(Operands const& operands)
{
    auto const axis =
        resolved_axis(operands, int_attribute(operands.node(), "axis", 0), operands.rank(0));
    auto const size = operands.shape(0)[axis];
    auto const parts = static_cast<std::int64_t>(operands.node().outputs.size());
    SplitParts result{axis, {}};
    if (operands.has(1))
        result.sizes = operands.integers(1, "the sizes of the parts");
    else if (operands.node().attributes.contains("num_outputs") && size >= parts)
        result.sizes = parts_of(size, parts);
    else
        result.sizes.assign(operands.node().outputs.size(), size / parts);
    std::int64_t open = size;
    for (auto const part : result.sizes) {
        if (part < 0 || part > open) open = -1;
        if (open >= 0) open -= part;
    }
    if (open != 0 || static_cast<std::int64_t>(result.sizes.size()) != parts)
        operands.reject(fmt::format("{} elements cannot be split into {} parts of [{}]", size,
                                    parts, fmt::join(result.sizes, ", ")));
    return result;
}

std::vector<PadAxis> pad_axes(Operands const& operands)
{
    auto const pads = operands.integers(1, "the padding");
    auto const rank = operands.shape(0).size();
    auto const mode = string_attribute(operands.node(), "mode", "constant");
    if (pads.size() != 2 * rank)
        operands.reject(
            fmt::format("its padding has {} entries; {} are needed", pads.size(), 2 * rank));
    std::vector<PadAxis> axes(rank);
    for (std::size_t d = 0; d < rank; ++d) {
        axes[d] = {pads[d], pads[rank + d]};
        for (auto const pad : {axes[d].begin, axes[d].end})
            if (pad < -largest_element_count || pad > largest_element_count)
                operands.reject(fmt::format("its padding holds {}", pad));
        auto const widest = std::max(axes[d].begin, axes[d].end);
        if (mode == "reflect" && widest >= operands.shape(0)[d] && widest > 0)
            operands.reject(
                fmt::format("it reflects {} cells of {}", widest, operands.shape(0)[d]));
    }
    return axes;
}

namespace {

bool has_elements(Operands const& operands, std::size_t i)
{
    return operands.has(i) && element_count(operands.shape(i)) > 0;
}

/// The axes that scales or sizes are given for, in their order.
std::vector<std::size_t> scaled_axes(Operands const& operands)
{
    auto const rank = operands.rank(0);
    std::vector<std::int64_t> all(operands.shape(0).size());
    std::iota(all.begin(), all.end(), 0);
    std::vector<std::size_t> axes;
    for (auto const axis : ints_attribute(operands.node(), "axes", all))
        axes.push_back(resolved_axis(operands, axis, rank));
    if (std::set(axes.begin(), axes.end()).size() != axes.size())
        operands.reject("an axis is given twice");
    return axes;
}

void set_by_scale(Operands const& operands, std::vector<std::size_t> const& axes,
                  std::vector<ResizeAxis>& result)
{
    operands.require_type(2, ElementType::float32);
    auto const& scales = operands.constant(2, "the scales").floats;
    if (scales.size() != axes.size())
        operands.reject(
            fmt::format("it has {} scales for {} dimensions", scales.size(), axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
        auto const input = operands.shape(0)[axes[i]];
        auto const output = std::floor(static_cast<float>(input) * scales[i]);
        if (!(scales[i] > 0.0F && output < static_cast<float>(largest_element_count)))
            operands.reject(fmt::format("its scale {} cannot be used", scales[i]));
        result[axes[i]] = {static_cast<std::int64_t>(output), scales[i]};
    }
}

void set_by_size(Operands const& operands, std::vector<std::size_t> const& axes,
                 std::vector<ResizeAxis>& result)
{
    auto const sizes = operands.integers(3, "the sizes");
    if (sizes.size() != axes.size())
        operands.reject(
            fmt::format("it has {} sizes for {} dimensions", sizes.size(), axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
        auto const input = operands.shape(0)[axes[i]];
        result[axes[i]] = {sizes[i], static_cast<float>(sizes[i]) / static_cast<float>(input)};
    }
}

}  // namespace

std::vector<ResizeAxis> resize_axes(Operands const& operands)
{
    bool const by_scale = has_elements(operands, 2);
    if (by_scale == has_elements(operands, 3)) operands.reject("it needs either scales or sizes");
    std::vector<ResizeAxis> result;
    for (auto const size : operands.shape(0)) result.push_back({size, 1.0F});
    auto const axes = scaled_axes(operands);
    if (by_scale)
        set_by_scale(operands, axes, result);
    else
        set_by_size(operands, axes, result);
    return result;
}

std::optional<std::size_t> quantisation_axis(Operands const& operands)
{
    auto const& scale = operands.shape(1);
    auto const scales = element_count(scale);
    if (scale.size() > 1)
        operands.reject("its scales have shape " + describe(scale) +
                        "; one scale or one for each channel is supported");
    if (operands.has(2) && (operands.rank(2) > 1 || element_count(operands.shape(2)) != scales))
        operands.reject(fmt::format("its scales have shape {}, its zero points {}", describe(scale),
                                    describe(operands.shape(2))));
    if (scales == 1) return std::nullopt;
    auto const axis =
        resolved_axis(operands, int_attribute(operands.node(), "axis", 1), operands.rank(0));
    if (operands.shape(0)[axis] != scales)
        operands.reject(fmt::format("it has {} scales for {} channels (axis {} of {})", scales,
                                    operands.shape(0)[axis], axis, describe(operands.shape(0))));
    return axis;
}

}  // namespace lowcal::graph
