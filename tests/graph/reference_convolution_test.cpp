#include "one_node.hpp"

namespace lowcal::graph {
namespace {

using Values = std::vector<float>;
using Integers = std::vector<std::int64_t>;

auto const row = floats({1, 1, 4}, {1, 2, 3, 4});
auto const kernel = floats({1, 1, 3}, {1, 10, 100});

Values conv_row(Attributes const& attributes)
{
    return run({"Conv", {row, kernel}, attributes}).floats;
}

TEST(ReferenceConvolution, one_dimension_is_a_correlation)
{
    // 1*1 + 2*10 + 3*100, 2*1 + 3*10 + 4*100; a flipped kernel would give 123, 234.
    EXPECT_EQ(conv_row({}), (Values{321, 432}));
}

TEST(ReferenceConvolution, padding_reads_zeros_on_the_side_it_names)
{
    EXPECT_EQ(conv_row({{"pads", Integers{1, 0}}}), (Values{210, 321, 432}));
    EXPECT_EQ(conv_row({{"pads", Integers{0, 1}}}), (Values{321, 432, 43}));
}

TEST(ReferenceConvolution, automatic_padding_puts_the_odd_zero_where_its_name_says)
{
    // Four cells in steps of 2 make two outputs covering five cells: one zero is missing.
    EXPECT_EQ(conv_row({{"auto_pad", "SAME_UPPER"}, {"strides", Integers{2}}}), (Values{321, 43}));
    EXPECT_EQ(conv_row({{"auto_pad", "SAME_LOWER"}, {"strides", Integers{2}}}), (Values{210, 432}));
    EXPECT_EQ(conv_row({{"auto_pad", "VALID"}, {"strides", Integers{2}}}), (Values{321}));
}

TEST(ReferenceConvolution, strides_skip_outputs_and_dilations_skip_inputs)
{
    EXPECT_EQ(conv_row({{"pads", Integers{1, 1}}}), (Values{210, 321, 432, 43}));
    EXPECT_EQ(conv_row({{"pads", Integers{1, 1}}, {"strides", Integers{2}}}), (Values{210, 432}));
    // Taps two cells apart: (-, 1, 3) and (-, 2, 4), then (1, 3, -) and (2, 4, -).
    EXPECT_EQ(conv_row({{"pads", Integers{2, 2}}, {"dilations", Integers{2}}}),
              (Values{310, 420, 31, 42}));
}

TEST(ReferenceConvolution, two_dimensions_sum_over_channels_and_add_the_bias)
{
    auto const image = floats({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
    auto const weights = floats({2, 2, 1, 2}, {1, 0, 0, 1, 1, 1, 0, 0});
    auto const bias = floats({2}, {100, 200});
    // Output 0: first cell of channel 0 plus second of channel 1; output 1: both of channel 0.
    auto const result = run({"Conv", {image, weights, bias}});
    EXPECT_EQ(result.shape, (Shape{1, 2, 2, 1}));
    EXPECT_EQ(result.floats, (Values{100 + 1 + 6, 100 + 3 + 8, 200 + 1 + 2, 200 + 3 + 4}));
}

TEST(ReferenceConvolution, axes_of_two_dimensions_have_their_own_pads_and_strides)
{
    auto const image = floats({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6});
    auto const one = floats({1, 1, 1, 1}, {1});
    // pads: rows begin 1, columns begin 0, rows end 0, columns end 2; every second column.
    auto const result =
        run({"Conv", {image, one}, {{"pads", Integers{1, 0, 0, 2}}, {"strides", Integers{1, 2}}}});
    EXPECT_EQ(result.shape, (Shape{1, 1, 3, 3}));
    EXPECT_EQ(result.floats, (Values{0, 0, 0, 1, 3, 0, 4, 6, 0}));
    auto const swapped =
        run({"Conv", {image, one}, {{"pads", Integers{0, 1, 2, 0}}, {"strides", Integers{1, 2}}}});
    EXPECT_EQ(swapped.floats, (Values{0, 2, 0, 5, 0, 0, 0, 0}));
}

TEST(ReferenceConvolution, groups_see_only_their_own_channels)
{
    auto const image = floats({1, 4, 1}, {1, 2, 3, 4});
    Attributes const two_groups{{"group", std::int64_t{2}}};
    // Channels (1, 2) with weights (1, 10), channels (3, 4) with (100, 1000).
    EXPECT_EQ(run({"Conv", {image, floats({2, 2, 1}, {1, 10, 100, 1000})}, two_groups}).floats,
              (Values{21, 4300}));
    // Depthwise: every channel with one weight of its own.
    EXPECT_EQ(
        run({"Conv", {image, floats({4, 1, 1}, {1, 10, 100, 1000})}, {{"group", std::int64_t{4}}}})
            .floats,
        (Values{1, 20, 300, 4000}));
}

TEST(ReferenceConvolution, three_dimensions_reach_along_every_axis)
{
    auto const volume = counting({1, 1, 2, 2, 2});  // 4x + 2y + z + 1
    auto const along = [&](Shape const& size) {
        Shape shape{1, 1};
        shape.insert(shape.end(), size.begin(), size.end());
        return run({"Conv", {volume, floats(shape, {1, 10})}}).floats;
    };
    EXPECT_EQ(along({2, 1, 1}), (Values{51, 62, 73, 84}));
    EXPECT_EQ(along({1, 2, 1}), (Values{31, 42, 75, 86}));
    EXPECT_EQ(along({1, 1, 2}), (Values{21, 43, 65, 87}));
}

TEST(ReferenceConvolution, showers_of_a_batch_do_not_mix)
{
    auto const two = floats({2, 1, 3}, {1, 2, 3, 4, 5, 6});
    EXPECT_EQ(run({"Conv", {two, kernel}}).floats, (Values{321, 654}));
}

Values spread_row(Attributes const& attributes)
{
    return run({"ConvTranspose", {floats({1, 1, 2}, {1, 2}), kernel}, attributes}).floats;
}

TEST(ReferenceConvolution, transposed_convolution_spreads_every_input)
{
    // 1 spreads as 1 10 100, 2 one step later as 2 20 200.
    EXPECT_EQ(spread_row({}), (Values{1, 12, 120, 200}));
    EXPECT_EQ(spread_row({{"strides", Integers{2}}}), (Values{1, 10, 102, 20, 200}));
    EXPECT_EQ(spread_row({{"strides", Integers{3}}}), (Values{1, 10, 100, 2, 20, 200}));
    EXPECT_EQ(spread_row({{"dilations", Integers{2}}}), (Values{1, 2, 10, 20, 100, 200}));
}

TEST(ReferenceConvolution, pads_crop_a_transposed_convolution)
{
    Attributes attributes{{"strides", Integers{2}}, {"pads", Integers{1, 0}}};
    EXPECT_EQ(spread_row(attributes), (Values{10, 102, 20, 200}));
    attributes["pads"] = Integers{0, 1};
    EXPECT_EQ(spread_row(attributes), (Values{1, 10, 102, 20}));
    attributes["output_padding"] = Integers{1};  // one more at the end, here what was cropped
    EXPECT_EQ(spread_row(attributes), (Values{1, 10, 102, 20, 200}));
    attributes["pads"] = Integers{0, 0};
    EXPECT_EQ(spread_row(attributes), (Values{1, 10, 102, 20, 200, 0}));
}

TEST(ReferenceConvolution, same_transposed_convolution_makes_stride_times_the_input)
{
    // Five outputs become four: SAME_UPPER crops the end, SAME_LOWER the begin.
    EXPECT_EQ(spread_row({{"strides", Integers{2}}, {"auto_pad", "SAME_UPPER"}}),
              (Values{1, 10, 102, 20}));
    EXPECT_EQ(spread_row({{"strides", Integers{2}}, {"auto_pad", "SAME_LOWER"}}),
              (Values{10, 102, 20, 200}));
    EXPECT_EQ(spread_row({{"strides", Integers{2}}, {"auto_pad", "VALID"}}),
              (Values{1, 10, 102, 20, 200}));
    // A stride beyond the kernel leaves cells that nothing reaches.
    EXPECT_EQ(spread_row({{"strides", Integers{4}}, {"auto_pad", "SAME_UPPER"}}),
              (Values{1, 10, 100, 0, 2, 20, 200, 0}));
}

TEST(ReferenceConvolution, output_shape_of_a_transposed_convolution_decides_the_crop)
{
    Attributes attributes{{"strides", Integers{2}}, {"output_shape", Integers{4}}};
    EXPECT_EQ(spread_row(attributes), (Values{10, 102, 20, 200}));
    attributes["auto_pad"] = std::string("SAME_UPPER");
    EXPECT_EQ(spread_row(attributes), (Values{1, 10, 102, 20}));
    attributes["output_shape"] = Integers{3};
    EXPECT_EQ(spread_row(attributes), (Values{10, 102, 20}));
}

TEST(ReferenceConvolution, transposed_convolution_keeps_channels_and_groups_apart)
{
    auto const image = floats({1, 2, 1}, {1, 2});
    auto const weights = floats({2, 2, 1}, {1, 10, 100, 1000});  // [input][output]
    auto const bias = floats({2}, {5, 6});
    EXPECT_EQ(run({"ConvTranspose", {image, weights, bias}}).floats,
              (Values{1 + 200 + 5, 10 + 2000 + 6}));
    EXPECT_EQ(run({"ConvTranspose", {image, weights}, {{"group", std::int64_t{2}}}}).floats,
              (Values{1, 10, 200, 2000}));
}

TEST(ReferenceConvolution, transposed_convolution_of_two_and_three_dimensions_uses_every_axis)
{
    auto const one = floats({1, 1, 1, 1}, {2});
    auto const plane = floats({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6});
    auto const result = run({"ConvTranspose", {one, plane}});
    EXPECT_EQ(result.shape, (Shape{1, 1, 2, 3}));
    EXPECT_EQ(result.floats, (Values{2, 4, 6, 8, 10, 12}));
    auto const pair = floats({1, 1, 1, 1, 2}, {1, 2});
    auto const block = floats({1, 1, 2, 1, 1}, {1, 10});
    auto const volume = run({"ConvTranspose", {pair, block}, {{"strides", Integers{1, 1, 2}}}});
    EXPECT_EQ(volume.shape, (Shape{1, 1, 2, 1, 3}));
    EXPECT_EQ(volume.floats, (Values{1, 0, 2, 10, 0, 20}));
}

}  // namespace
}  // namespace lowcal::graph
