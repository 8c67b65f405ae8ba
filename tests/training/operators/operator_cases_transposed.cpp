#include "training/operators/operator_case.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

using graph::Attributes;
using LibTorch = std::function<torch::Tensor(Inputs const&)>;

/// What is left of an image after cutting `begin` and `end` off each axis behind the channels.
/// LibTorch's own padding crops both ends alike.
torch::Tensor cropped(torch::Tensor image, Integers const& begin, Integers const& end)
{
    for (std::size_t a = 0; a < begin.size(); ++a) {
        auto const axis = static_cast<std::int64_t>(a) + 2;
        image = image.slice(axis, begin[a], image.size(axis) - end[a]);
    }
    return image;
}

// Weights [in, out, ...]; an output gathers at most the whole kernel from each input channel.
OperatorCase plane(std::string name, Attributes attributes, LibTorch libtorch, Spoil spoil)
{
    return {.name = std::move(name),
            .node = {"ConvTranspose",
                     {random({2, 4, 3, 4}), random({4, 2, 3, 4}), random({2})},
                     std::move(attributes)},
            .libtorch = std::move(libtorch),
            .spoil = std::move(spoil),
            .terms = 4 * 12 + 1};
}

OperatorCase volume(std::string name, Attributes attributes, LibTorch libtorch, Spoil spoil)
{
    return {.name = std::move(name),
            .node = {"ConvTranspose",
                     {random({1, 2, 3, 2, 4}), random({2, 3, 3, 2, 3}), random({3})},
                     std::move(attributes)},
            .libtorch = std::move(libtorch),
            .spoil = std::move(spoil),
            .terms = 2 * 18 + 1};
}

OperatorCase in_two_groups(OperatorCase one)
{
    one.node.attributes["group"] = std::int64_t{2};
    one.node.arguments[2] = random({2 * one.node.arguments[1].tensor.shape[1]});
    return one;
}

Attributes same(char const* auto_pad)
{
    return {{"auto_pad", auto_pad}, {"strides", Integers{2, 3}}};
}

std::vector<OperatorCase> transposed_planes()
{
    return {plane(
                "conv_transpose2d", {},
                [](Inputs const& in) { return torch::conv_transpose2d(in[0], in[1], in[2]); },
                nudge(2)),
            plane(
                "conv_transpose2d_strides_pads_and_output_padding",
                {{"strides", Integers{2, 3}},
                 {"pads", Integers{1, 2, 1, 2}},
                 {"output_padding", Integers{1, 2}}},
                [](Inputs const& in) {
                    return torch::conv_transpose2d(in[0], in[1], in[2], {2, 3}, {1, 2}, {1, 2});
                },
                set("pads", Integers{1, 1, 1, 3})),
            plane(
                "conv_transpose2d_asymmetric_pads_and_dilations",
                {{"dilations", Integers{1, 2}}, {"pads", Integers{0, 1, 2, 3}}},
                [](Inputs const& in) {
                    return cropped(torch::conv_transpose2d(in[0], in[1], in[2], 1, 0, 0, 1, {1, 2}),
                                   {0, 1}, {2, 3});
                },
                set("pads", Integers{2, 1, 0, 3})),
            in_two_groups(plane(
                "conv_transpose2d_groups", {{"strides", Integers{1, 2}}},
                [](Inputs const& in) {
                    return torch::conv_transpose2d(in[0], in[1], in[2], {1, 2}, 0, 0, 2);
                },
                nudge(1)))};
}

/// A kernel of 3 in steps of 2 and one of 4 in steps of 3 make one row and one column too many.
std::vector<OperatorCase> same_sizes()
{
    auto const whole = [](Inputs const& in) {
        return torch::conv_transpose2d(in[0], in[1], in[2], {2, 3});
    };
    return {plane(
                "conv_transpose2d_same_upper", same("SAME_UPPER"),
                [=](Inputs const& in) {
                    return cropped(whole(in), {0, 0}, {1, 1});
                },
                set("auto_pad", "SAME_LOWER")),
            plane(
                "conv_transpose2d_same_lower", same("SAME_LOWER"),
                [=](Inputs const& in) {
                    return cropped(whole(in), {1, 1}, {0, 0});
                },
                set("auto_pad", "SAME_UPPER")),
            plane(
                "conv_transpose2d_output_shape",
                {{"strides", Integers{2, 3}}, {"output_shape", Integers{6, 11}}},
                [=](Inputs const& in) {
                    return cropped(whole(in), {1, 1}, {0, 1});
                },
                set("auto_pad", "SAME_UPPER")),
            volume(
                "conv_transpose3d_same_upper",
                {{"auto_pad", "SAME_UPPER"}, {"strides", Integers{2, 1, 2}}},
                [](Inputs const& in) {
                    return cropped(torch::conv_transpose3d(in[0], in[1], in[2], {2, 1, 2}),
                                   {0, 0, 0}, {1, 1, 1});
                },
                set("auto_pad", "SAME_LOWER"))};
}

std::vector<OperatorCase> transposed_volumes()
{
    return {volume(
                "conv_transpose3d", {},
                [](Inputs const& in) { return torch::conv_transpose3d(in[0], in[1], in[2]); },
                nudge(1)),
            volume(
                "conv_transpose3d_strides_pads_and_output_padding",
                {{"strides", Integers{2, 1, 3}},
                 {"pads", Integers{1, 0, 1, 1, 0, 1}},
                 {"output_padding", Integers{1, 0, 2}}},
                [](Inputs const& in) {
                    return torch::conv_transpose3d(in[0], in[1], in[2], {2, 1, 3}, {1, 0, 1},
                                                   {1, 0, 2});
                },
                set("pads", Integers{2, 0, 1, 0, 0, 1})),
            volume(
                "conv_transpose3d_asymmetric_pads_and_dilations",
                {{"dilations", Integers{2, 1, 2}}, {"pads", Integers{0, 1, 2, 3, 0, 1}}},
                [](Inputs const& in) {
                    return cropped(
                        torch::conv_transpose3d(in[0], in[1], in[2], 1, 0, 0, 1, {2, 1, 2}),
                        {0, 1, 2}, {3, 0, 1});
                },
                set("pads", Integers{0, 1, 1, 3, 0, 2})),
            in_two_groups(volume(
                "conv_transpose3d_groups", {{"strides", Integers{1, 2, 1}}},
                [](Inputs const& in) {
                    return torch::conv_transpose3d(in[0], in[1], in[2], {1, 2, 1}, 0, 0, 2);
                },
                nudge(1)))};
}

}  // namespace

std::vector<OperatorCase> transposed_convolution_cases()
{
    auto cases = transposed_planes();
    for (auto const& more : {same_sizes(), transposed_volumes()})
        cases.insert(cases.end(), more.begin(), more.end());
    return cases;
}

}  // namespace lowcal::training
