// Operators that move elements: their results are the same bits, so that nudging one is seen.

#include "training/operators/operator_case.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

std::vector<OperatorCase> shapes()
{
    return {{.name = "reshape",
             .node = {"Reshape", {random({2, 3, 4}), list({0, -1, 2})}},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::reshape(in[0], {2, 6, 2});
                 },
             .spoil = set_argument(1, list({2, -1, 3}))},
            {.name = "flatten",
             .node = {"Flatten", {random({2, 3, 4})}, {{"axis", std::int64_t{2}}}},
             .libtorch = [](Inputs const& in) { return torch::flatten(in[0], 0, 1); },
             .spoil = set("axis", std::int64_t{1})},
            {.name = "squeeze",
             .node = {"Squeeze", {random({2, 1, 3, 1}), list({1})}},
             .libtorch = [](Inputs const& in) { return torch::squeeze(in[0], 1); },
             .spoil = set_argument(1, list({-1}))},
            {.name = "unsqueeze",
             .node = {"Unsqueeze", {random({2, 3}), list({-1})}},
             .libtorch = [](Inputs const& in) { return torch::unsqueeze(in[0], -1); },
             .spoil = set_argument(1, list({0}))},
            {.name = "expand",
             .node = {"Expand", {random({3, 1}), list({2, 1, 4})}},
             .libtorch =
                 [](Inputs const& in) {
                     return in[0].expand({2, 3, 4}).contiguous();
                 },
             .spoil = nudge(0)},
            {.name = "constant",
             .node = {"Constant", {}, {{"value_floats", std::vector<float>{0.5F, -2.0F}}}},
             .libtorch =
                 [](Inputs const&) {
                     return torch::tensor({0.5F, -2.0F}, torch::kFloat32);
                 },
             .spoil = set("value_floats", std::vector<float>{0.5F, 2.0F})}};
}

std::vector<OperatorCase> rearrangements()
{
    return {{.name = "transpose",
             .node = {"Transpose", {random({3, 3, 3, 2})}, {{"perm", Integers{3, 1, 2, 0}}}},
             .libtorch =
                 [](Inputs const& in) {
                     return in[0].permute({3, 1, 2, 0}).contiguous();
                 },
             .spoil = set("perm", Integers{3, 2, 0, 1})},
            {.name = "transpose_reverses_without_an_order",
             .node = {"Transpose", {random({3, 2, 3})}},
             .libtorch =
                 [](Inputs const& in) {
                     return in[0].permute({2, 1, 0}).contiguous();
                 },
             .spoil = set("perm", Integers{0, 1, 2})},
            {.name = "concat",
             .node = {"Concat",
                      {random({2, 3, 2}), random({2, 1, 2}), random({2, 2, 2})},
                      {{"axis", std::int64_t{-2}}}},
             .libtorch = [](Inputs const& in) { return torch::cat(in, 1); },
             .spoil = nudge(1)},
            {.name = "split_first_part",
             .node = {.op = "Split",
                      .arguments = {random({2, 5}), list({2, 3})},
                      .attributes = {{"axis", std::int64_t{1}}},
                      .output_count = 2},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::split(in[0], {2, 3}, 1)[0];
                 },
             .spoil = nudge(0)},
            {.name = "split_second_part",
             .node = {.op = "Split", .arguments = {random({4, 3})}, .output_count = 2},
             .libtorch = [](Inputs const& in) { return torch::chunk(in[0], 2, 0)[1]; },
             .spoil = set_argument(0, random({4, 3})),
             .output = 1}};
}

std::vector<OperatorCase> slices()
{
    constexpr auto to_the_end = std::numeric_limits<std::int64_t>::max();
    return {
        {.name = "slice_with_step",
         .node = {"Slice", {random({3, 9}), list({-8}), list({to_the_end}), list({1}), list({3})}},
         .libtorch = [](Inputs const& in) { return in[0].slice(1, 1, 9, 3); },
         .spoil = set_argument(1, list({-7}))},
        {.name = "slice_backwards",
         .node = {"Slice",
                  {random({4, 9}), list({-2, 3}), list({0, 1}), list({1, 0}), list({-2, -1})}},
         // Columns 7, 5, 3, 1 and rows 3, 2: LibTorch has no negative steps.
         .libtorch =
             [](Inputs const& in) {
                 return in[0].slice(1, 1, 8, 2).slice(0, 2, 4).flip({0, 1});
             },
         .spoil = set_argument(1, list({-1, 3}))}};
}

std::vector<OperatorCase> paddings()
{
    return {{.name = "pad",
             .node = {"Pad", {random({2, 3, 4}), list({0, 1, 2, 1, 0, 3}), number(-0.5F)}},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::constant_pad_nd(in[0], {2, 3, 1, 0, 0, 1}, -0.5);
                 },
             .spoil = set_argument(2, number(-0.50001F))},
            {.name = "pad_that_crops",
             .node = {"Pad", {random({5, 6}), list({-1, 2, 1, -3})}},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::constant_pad_nd(in[0], {2, -3, -1, 1}, 0);
                 },
             .spoil = set_argument(1, list({0, 2, 0, -3}))}};
}

graph::Attributes nearest(char const* positions, char const* rounding)
{
    return {{"mode", "nearest"},
            {"coordinate_transformation_mode", positions},
            {"nearest_mode", rounding}};
}

// LibTorch's "nearest" is ONNX's asymmetric floor; its "nearest-exact" takes the cell under the
// output's centre, the upper one where two are as near.
std::vector<OperatorCase> resizes()
{
    graph::Argument const scales = fixed(graph::floats({4}, {1, 1, 2, 1.5F}));
    return {{.name = "resize_nearest",
             .node = {"Resize",
                      {random({1, 2, 4, 5}), graph::absent(), graph::absent(), list({1, 2, 7, 3})},
                      nearest("asymmetric", "floor")},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::upsample_nearest2d(in[0], {7, 3});
                 },
             .spoil = set("nearest_mode", "ceil")},
            {.name = "resize_nearest_by_scales",
             .node = {"Resize",
                      {random({1, 2, 3, 4}), graph::absent(), scales},
                      nearest("asymmetric", "floor")},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::upsample_nearest2d(in[0], {6, 6});
                 },
             .spoil = set("coordinate_transformation_mode", "half_pixel")}};
}

std::vector<OperatorCase> further_resizes()
{
    return {{.name = "resize_nearest_exact",
             .node = {"Resize",
                      {random({1, 2, 4, 6}), graph::absent(), graph::absent(), list({1, 2, 6, 3})},
                      nearest("half_pixel", "round_prefer_ceil")},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::_upsample_nearest_exact2d(in[0], {6, 3});
                 },
             .spoil = set("nearest_mode", "round_prefer_floor")},
            {.name = "resize_volume",
             .node = {"Resize",
                      {random({1, 1, 2, 3, 4}), graph::absent(), graph::absent(),
                       list({1, 1, 5, 6, 2})},
                      nearest("asymmetric", "floor")},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::upsample_nearest3d(in[0], {5, 6, 2});
                 },
             .spoil = set("nearest_mode", "ceil")}};
}

OperatorCase depth_to_space(char const* mode, char const* other)
{
    return {.name = std::string("depth_to_space_") + mode,
            .node = {"DepthToSpace",
                     {random({2, 12, 3, 2})},
                     {{"blocksize", std::int64_t{2}}, {"mode", mode}}},
            .libtorch = {},
            .spoil = set("mode", other)};
}

std::vector<OperatorCase> depths_to_space()
{
    auto channel_first = depth_to_space("CRD", "DCR");
    channel_first.libtorch = [](Inputs const& in) { return torch::pixel_shuffle(in[0], 2); };
    auto depth_first = depth_to_space("DCR", "CRD");
    // The same shuffle once the channels [block][channel] stand as [channel][block].
    depth_first.libtorch = [](Inputs const& in) {
        auto const swapped = in[0].reshape({2, 4, 3, 3, 2}).transpose(1, 2);
        return torch::pixel_shuffle(swapped.reshape({2, 12, 3, 2}), 2);
    };
    return {channel_first, depth_first};
}

}  // namespace

std::vector<OperatorCase> layout_cases()
{
    auto cases = shapes();
    for (auto const& more :
         {rearrangements(), slices(), paddings(), resizes(), further_resizes(), depths_to_space()})
        cases.insert(cases.end(), more.begin(), more.end());
    return cases;
}

}  // namespace lowcal::training
