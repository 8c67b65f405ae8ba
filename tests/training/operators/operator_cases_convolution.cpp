#include "training/operators/operator_case.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

using graph::Attributes;

/// No padding: the number 0 itself could also be LibTorch's padding by name.
constexpr std::int64_t none = 0;

/// Zeros around an image or volume. `margins` in LibTorch's order: the last axis first, each with
/// its begin and end. Negative numbers crop.
torch::Tensor padded(torch::Tensor const& image, Integers const& margins)
{
    return torch::constant_pad_nd(image, margins, 0);
}

// Images have 4 channels, so that two groups see two each; the bias counts as a term.
OperatorCase plane(std::string name, Attributes attributes, Spoil spoil)
{
    return {.name = std::move(name),
            .node = {"Conv",
                     {random({2, 4, 6, 7}), random({3, 4, 2, 3}), random({3})},
                     std::move(attributes)},
            .libtorch = {},
            .spoil = std::move(spoil),
            .terms = 4 * 6 + 1};
}

OperatorCase volume(std::string name, Attributes attributes, Spoil spoil)
{
    return {.name = std::move(name),
            .node = {"Conv",
                     {random({2, 2, 4, 5, 6}), random({3, 2, 2, 3, 2}), random({3})},
                     std::move(attributes)},
            .libtorch = {},
            .spoil = std::move(spoil),
            .terms = 2 * 12 + 1};
}

template <typename Function>
OperatorCase with(OperatorCase one, Function libtorch)
{
    one.libtorch = libtorch;
    return one;
}

OperatorCase grouped(OperatorCase one, std::int64_t groups, graph::Shape kernel)
{
    one.node.attributes["group"] = groups;
    one.node.arguments[1] = random(kernel);
    one.node.arguments[2] = random({kernel[0]});
    return one;
}

Attributes strided(char const* auto_pad)
{
    return {{"auto_pad", auto_pad}, {"strides", Integers{2, 3}}, {"dilations", Integers{2, 2}}};
}

std::vector<OperatorCase> convolved_planes()
{
    return {
        with(plane("conv2d", {}, nudge(2)),
             [](Inputs const& in) { return torch::conv2d(in[0], in[1], in[2]); }),
        with(plane("conv2d_strides_and_pads",
                   {{"strides", Integers{2, 1}}, {"pads", Integers{1, 2, 1, 2}}},
                   set("pads", Integers{1, 1, 1, 3})),
             [](Inputs const& in) {
                 return torch::conv2d(in[0], in[1], in[2], {2, 1}, {1, 2});
             }),
        with(plane("conv2d_asymmetric_pads_and_dilations",
                   {{"dilations", Integers{2, 1}}, {"pads", Integers{0, 1, 2, 3}}},
                   set("pads", Integers{2, 1, 0, 3})),
             [](Inputs const& in) {
                 return torch::conv2d(padded(in[0], {1, 3, 0, 2}), in[1], in[2], 1, none, {2, 1});
             }),
        with(grouped(plane("conv2d_groups", {{"strides", Integers{1, 2}}}, nudge(1)), 2,
                     {6, 2, 3, 3}),
             [](Inputs const& in) {
                 return torch::conv2d(in[0], in[1], in[2], {1, 2}, none, 1, 2);
             }),
        with(grouped(plane("conv2d_depthwise", {{"pads", Integers{1, 1, 1, 1}}}, nudge(1)), 4,
                     {4, 1, 3, 3}),
             [](Inputs const& in) { return torch::conv2d(in[0], in[1], in[2], 1, 1, 1, 4); })};
}

std::vector<OperatorCase> planes_of_the_same_size()
{
    return {
        with(
            plane("conv2d_same_upper", {{"auto_pad", "SAME_UPPER"}}, set("auto_pad", "SAME_LOWER")),
            [](Inputs const& in) { return torch::conv2d(in[0], in[1], in[2], 1, "same"); }),
        with(
            plane("conv2d_same_lower", {{"auto_pad", "SAME_LOWER"}}, set("auto_pad", "SAME_UPPER")),
            [](Inputs const& in) {
                return torch::conv2d(padded(in[0], {1, 1, 1, 0}), in[1], in[2]);
            }),
        // Three steps of 2 and a kernel that reaches over 3 cover 7 rows, not 6; columns lack 4.
        with(plane("conv2d_same_upper_with_strides_and_dilations", strided("SAME_UPPER"),
                   set("auto_pad", "SAME_LOWER")),
             [](Inputs const& in) {
                 return torch::conv2d(padded(in[0], {2, 2, 0, 1}), in[1], in[2], {2, 3}, none, 2);
             }),
        with(plane("conv2d_same_lower_with_strides_and_dilations", strided("SAME_LOWER"),
                   set("auto_pad", "SAME_UPPER")),
             [](Inputs const& in) {
                 return torch::conv2d(padded(in[0], {2, 2, 1, 0}), in[1], in[2], {2, 3}, none, 2);
             })};
}

std::vector<OperatorCase> convolved_volumes()
{
    return {with(volume("conv3d", {}, nudge(1)),
                 [](Inputs const& in) { return torch::conv3d(in[0], in[1], in[2]); }),
            with(volume("conv3d_strides_and_pads",
                        {{"strides", Integers{1, 2, 3}}, {"pads", Integers{1, 2, 0, 1, 2, 0}}},
                        set("pads", Integers{2, 2, 0, 0, 2, 0})),
                 [](Inputs const& in) {
                     return torch::conv3d(in[0], in[1], in[2], {1, 2, 3}, {1, 2, 0});
                 }),
            with(volume("conv3d_asymmetric_pads_and_dilations",
                        {{"dilations", Integers{1, 2, 3}}, {"pads", Integers{0, 1, 2, 3, 0, 1}}},
                        set("pads", Integers{0, 1, 1, 3, 0, 2})),
                 [](Inputs const& in) {
                     return torch::conv3d(padded(in[0], {2, 1, 1, 0, 0, 3}), in[1], in[2], 1, none,
                                          {1, 2, 3});
                 }),
            with(volume("conv3d_same_upper", {{"auto_pad", "SAME_UPPER"}},
                        set("auto_pad", "SAME_LOWER")),
                 [](Inputs const& in) { return torch::conv3d(in[0], in[1], in[2], 1, "same"); }),
            with(volume("conv3d_same_lower", {{"auto_pad", "SAME_LOWER"}},
                        set("auto_pad", "SAME_UPPER")),
                 [](Inputs const& in) {
                     return torch::conv3d(padded(in[0], {1, 0, 1, 1, 1, 0}), in[1], in[2]);
                 }),
            with(grouped(volume("conv3d_groups", {{"strides", Integers{2, 1, 1}}}, nudge(1)), 2,
                         {4, 1, 2, 2, 2}),
                 [](Inputs const& in) {
                     return torch::conv3d(in[0], in[1], in[2], {2, 1, 1}, none, 1, 2);
                 })};
}

}  // namespace

std::vector<OperatorCase> convolution_cases()
{
    auto cases = convolved_planes();
    for (auto const& more : {planes_of_the_same_size(), convolved_volumes()})
        cases.insert(cases.end(), more.begin(), more.end());
    return cases;
}

}  // namespace lowcal::training
