#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/broadcast.hpp"
#include "graph/shapes/layout_arguments.hpp"

#include <cmath>

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

void slice(ReferenceCall const& call)
{
    auto const axes = slice_axes(call.operands());
    gather(call, [&](Shape index) {
        for (std::size_t d = 0; d < index.size(); ++d)
            index[d] = axes[d].start + index[d] * axes[d].step;
        return index;
    });
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

void pad(ReferenceCall const& call)
{
    auto const axes = pad_axes(call.operands());
    auto const& in = call.input(0);
    auto& out = call.output();
    for_each_element(out.shape, [&](Shape index, std::size_t position) {
        bool inside = true;
        for (std::size_t d = 0; d < index.size(); ++d) {
            index[d] -= axes[d].begin;
            inside = inside && index[d] >= 0 && index[d] < in.shape[d];
        }
        if (inside)
            copy_element(in, position_of(index, in.shape), out, position);
        else if (call.has(2))
            copy_element(call.input(2), 0, out, position);  // otherwise it stays zero
    });
}

/// The input that one output of a nearest-neighbour Resize takes, in float32 as other engines do.
class NearestNeighbour {
public:
    explicit NearestNeighbour(Node const& node)
        : half_pixel_(string_attribute(node, "coordinate_transformation_mode", "half_pixel") ==
                      "half_pixel"),
          rounding_(string_attribute(node, "nearest_mode", "round_prefer_floor"))
    {
    }

    std::int64_t operator()(std::int64_t output, float scale, std::int64_t input_size) const
    {
        auto const x = static_cast<float>(output);
        auto const position = half_pixel_ ? (x + 0.5F) / scale - 0.5F : x / scale;
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(rounded(position)), 0,
                                        input_size - 1);
    }

private:
    float rounded(float position) const
    {
        if (rounding_ == "floor") return std::floor(position);
        if (rounding_ == "ceil") return std::ceil(position);
        if (rounding_ == "round_prefer_ceil") return std::floor(position + 0.5F);
        return std::ceil(position - 0.5F);
    }

    bool half_pixel_;
    std::string rounding_;
};

void resize(ReferenceCall const& call)
{
    auto const axes = resize_axes(call.operands());
    auto const& sizes = call.input(0).shape;
    NearestNeighbour const nearest(call.node);
    gather(call, [&](Shape index) {
        for (std::size_t d = 0; d < index.size(); ++d)
            index[d] = nearest(index[d], axes[d].scale, sizes[d]);
        return index;
    });
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
            {"DepthToSpace", depth_to_space},
            {"Expand", expand},
            {"Flatten", keep_order},
            {"Pad", pad},
            {"Reshape", keep_order},
            {"Resize", resize},
            {"Slice", slice},
            {"Split", split},
            {"Squeeze", keep_order},
            {"Transpose", transpose},
            {"Unsqueeze", keep_order}};
}

}  // namespace lowcal::graph
