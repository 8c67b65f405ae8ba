#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/broadcast.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/picked_axes.hpp"

namespace lowcal::graph {
namespace {

/// Fills the output element by element; `source(index)` is the index read in the first input.
template <typename Source>
void gather(ReferenceCall const& call, Source source)
{
    auto const& in = call.input(0);
    auto& out = call.output();
    for_each_element(out.shape, [&](Shape const& index, std::size_t position) {
        copy_element(in, position_of(source(index), in.shape), out, position);
    });
}

/// Reshape, Flatten, Squeeze, Unsqueeze: the elements keep their order.
void keep_order(ReferenceCall const& call)
{
    call.output().floats = call.input(0).floats;
    call.output().integers = call.input(0).integers;
}

void transpose(ReferenceCall const& call)
{
    auto const source_axis = permutation(call.operands());
    gather(call, [&](Shape const& index) {
        Shape source(index.size());
        for (std::size_t d = 0; d < index.size(); ++d) source[source_axis[d]] = index[d];
        return source;
    });
}

void concat(ReferenceCall const& call)
{
    auto const axis = resolved_axis(call.operands(), int_attribute(call.node, "axis", 0),
                                    call.operands().rank(0));
    auto& out = call.output();
    std::int64_t start = 0;
    for (auto const* part : call.inputs) {
        for_each_element(part->shape, [&](Shape index, std::size_t position) {
            index[axis] += start;
            copy_element(*part, position, out, position_of(index, out.shape));
        });
        start += part->shape[axis];
    }
}

/// Slice, Pad, Tile, Expand and the like: elements that are picked axis by axis.
void pick(ReferenceCall const& call)
{
    auto const axes = picked_axes(call.operands()).value();
    auto const& in = call.input(0);
    auto& out = call.output();
    for_each_element(out.shape, [&](Shape index, std::size_t position) {
        bool inside = true;
        for (std::size_t d = 0; d < index.size(); ++d) {
            index[d] = axes[d][static_cast<std::size_t>(index[d])];
            inside = inside && index[d] != outside_picked;
        }
        if (inside)
            copy_element(in, position_of(index, in.shape), out, position);
        else if (call.has(2))
            copy_element(call.input(2), 0, out, position);  // otherwise it stays zero
    });
}

void gather_along(ReferenceCall const& call)
{
    auto const operands = call.operands();
    auto const axis =
        resolved_axis(operands, int_attribute(call.node, "axis", 0), operands.rank(0));
    auto const& indices = call.input(1);
    auto const size = call.input(0).shape[axis];
    gather(call, [&](Shape const& index) {
        auto const middle = index.begin() + static_cast<std::ptrdiff_t>(axis);
        auto const behind = middle + static_cast<std::ptrdiff_t>(indices.shape.size());
        auto const place = position_of(Shape(middle, behind), indices.shape);
        Shape source(index.begin(), middle);
        source.push_back(gathered_index(operands, indices.integers[place], size));
        source.insert(source.end(), behind, index.end());
        return source;
    });
}

void constant_of_shape(ReferenceCall const& call)
{
    auto const found = call.node.attributes.find("value");
    if (found == call.node.attributes.end()) return;  // zeros
    auto const& value = std::get<Tensor>(found->second);
    auto& out = call.output();
    auto const count = out.floats.size() + out.integers.size();
    for (std::size_t i = 0; i < count; ++i) copy_element(value, 0, out, i);
}

void range(ReferenceCall const& call)
{
    auto const steps = range_of(call.operands());
    for (std::int64_t i = 0; i < steps.count; ++i)
        call.output().integers.set(static_cast<std::size_t>(i), steps.start + i * steps.step);
}

void split(ReferenceCall const& call)
{
    auto const parts = split_parts(call.operands());
    auto const& in = call.input(0);
    std::int64_t start = 0;
    for (auto& out : call.outputs) {
        for_each_element(out.shape, [&](Shape index, std::size_t position) {
            index[parts.axis] += start;
            copy_element(in, position_of(index, in.shape), out, position);
        });
        start += out.shape[parts.axis];
    }
}

/// DCR: the block's position is the slow part of the input channel; CRD: the fast part.
void depth_to_space(ReferenceCall const& call)
{
    auto const block = int_attribute(call.node, "blocksize", 1);
    bool const depth_first = string_attribute(call.node, "mode", "DCR") == "DCR";
    auto const channels = call.output().shape[1];
    gather(call, [&](Shape const& index) {
        auto const in_block = index[2] % block * block + index[3] % block;
        auto const channel =
            depth_first ? in_block * channels + index[1] : index[1] * block * block + in_block;
        return Shape{index[0], channel, index[2] / block, index[3] / block};
    });
}

void space_to_depth(ReferenceCall const& call)
{
    auto const block = int_attribute(call.node, "blocksize", 1);
    auto const channels = call.input(0).shape[1];
    gather(call, [&](Shape const& index) {
        auto const in_block = index[1] / channels;
        return Shape{index[0], index[1] % channels, index[2] * block + in_block / block,
                     index[3] * block + in_block % block};
    });
}

void expand(ReferenceCall const& call)
{
    auto const positions = broadcast_positions(call.input(0).shape, call.output().shape);
    for (std::size_t i = 0; i < positions.size(); ++i)
        copy_element(call.input(0), positions[i], call.output(), i);
}

}  // namespace

std::map<std::string, ReferenceOperator> layout_reference()
{
    return {{"Concat", concat},
            {"ConstantOfShape", constant_of_shape},
            {"DepthToSpace", depth_to_space},
            {"Expand", expand},
            {"Flatten", keep_order},
            {"Gather", gather_along},
            {"Pad", pick},
            {"Range", range},
            {"Reshape", keep_order},
            {"Slice", pick},
            {"SpaceToDepth", space_to_depth},
            {"Split", split},
            {"Squeeze", keep_order},
            {"Tile", pick},
            {"Transpose", transpose},
            {"Unsqueeze", keep_order}};
}

}  // namespace lowcal::graph
