#include "one_node.hpp"

#include <limits>

namespace lowcal::graph {
namespace {

using Values = std::vector<float>;
using Integers = std::vector<std::int64_t>;

auto const matrix = counting({2, 3});  // 1 2 3 / 4 5 6

Argument list(Integers values)
{
    auto const length = static_cast<std::int64_t>(values.size());
    return fixed(integers({length}, std::move(values)));
}

TEST(ReferenceLayout, reshape_copies_sizes_at_zero_and_infers_one)
{
    auto const image = counting({2, 3, 4});
    EXPECT_EQ(run({"Reshape", {image, list({0, -1})}}).shape, (Shape{2, 12}));
    EXPECT_EQ(run({"Reshape", {image, list({4, 0, 2})}}).shape, (Shape{4, 3, 2}));
    EXPECT_EQ(run({"Reshape", {image, list({-1})}}).floats, image.floats);
    auto const message = error_of([&] { run({"Reshape", {image, list({5, -1})}}); });
    EXPECT_TRUE(mentions(message, {"Reshape node 'tested'", "[2, 3, 4]", "[5, -1]"}));
    error_of([&] { run({"Reshape", {image, list({-1, -1})}}); });
    error_of([&] { run({"Reshape", {image, list({0, -1})}, {{"allowzero", std::int64_t{1}}}}); });
}

TEST(ReferenceLayout, flatten_makes_two_dimensions)
{
    auto const image = counting({2, 3, 4});
    EXPECT_EQ(run({"Flatten", {image}}).shape, (Shape{2, 12}));
    EXPECT_EQ(run({"Flatten", {image}, {{"axis", std::int64_t{2}}}}).shape, (Shape{6, 4}));
    EXPECT_EQ(run({"Flatten", {image}, {{"axis", std::int64_t{-3}}}}).shape, (Shape{1, 24}));
    EXPECT_EQ(run({"Flatten", {image}, {{"axis", std::int64_t{3}}}}).shape, (Shape{24, 1}));
}

TEST(ReferenceLayout, transpose_puts_axes_where_perm_says)
{
    EXPECT_EQ(run({"Transpose", {matrix}}).floats, (Values{1, 4, 2, 5, 3, 6}));
    auto const image = counting({2, 1, 3});
    auto const turned = run({"Transpose", {image}, {{"perm", Integers{2, 0, 1}}}});
    EXPECT_EQ(turned.shape, (Shape{3, 2, 1}));
    EXPECT_EQ(turned.floats, (Values{1, 4, 2, 5, 3, 6}));
    auto const other = run({"Transpose", {image}, {{"perm", Integers{1, 0, 2}}}});
    EXPECT_EQ(other.shape, (Shape{1, 2, 3}));
    EXPECT_EQ(other.floats, (Values{1, 2, 3, 4, 5, 6}));
    auto const message = error_of([&] {
        run({"Transpose", {image}, {{"perm", Integers{0, 0, 1}}}});
    });
    EXPECT_TRUE(mentions(message, {"Transpose node 'tested'", "[0, 0, 1]"}));
}

TEST(ReferenceLayout, concat_joins_along_its_axis)
{
    auto const column = floats({2, 1}, {10, 20});
    EXPECT_EQ(run({"Concat", {matrix, column}, {{"axis", std::int64_t{-1}}}}).floats,
              (Values{1, 2, 3, 10, 4, 5, 6, 20}));
    auto const row = floats({1, 3}, {7, 8, 9});
    EXPECT_EQ(run({"Concat", {row, matrix}, {{"axis", std::int64_t{0}}}}).floats,
              (Values{7, 8, 9, 1, 2, 3, 4, 5, 6}));
    auto const message = error_of([&] {
        run({"Concat", {matrix, row}, {{"axis", std::int64_t{1}}}});
    });
    EXPECT_TRUE(mentions(message, {"Concat node 'tested'", "[1, 3]", "[2, 3]", "axis 1"}));
}

TEST(ReferenceLayout, slice_counts_negative_positions_from_the_end)
{
    auto const line = counting({6});
    auto const slice = [&](std::int64_t start, std::int64_t end, std::int64_t step) {
        return run({"Slice", {line, list({start}), list({end}), list({0}), list({step})}}).floats;
    };
    EXPECT_EQ(slice(1, 4, 1), (Values{2, 3, 4}));
    EXPECT_EQ(slice(-3, -1, 1), (Values{4, 5}));
    EXPECT_EQ(slice(0, 1000, 2), (Values{1, 3, 5}));
    EXPECT_EQ(slice(-1, std::numeric_limits<std::int64_t>::min(), -1), (Values{6, 5, 4, 3, 2, 1}));
    EXPECT_EQ(slice(4, 0, -2), (Values{5, 3}));
    EXPECT_EQ(slice(4, 0, -3), (Values{5, 2}));
    EXPECT_TRUE(mentions(error_of([&] { slice(4, 2, 1); }), {"Slice node 'tested'", "empty"}));
    EXPECT_TRUE(mentions(error_of([&] { slice(0, 2, 0); }), {"step is 0"}));
}

TEST(ReferenceLayout, slice_takes_the_axes_it_names)
{
    EXPECT_EQ(run({"Slice", {matrix, list({1}), list({3}), list({1})}}).floats,
              (Values{2, 3, 5, 6}));
    EXPECT_EQ(run({"Slice", {matrix, list({1}), list({3})}}).floats, (Values{4, 5, 6}));
    EXPECT_EQ(run({"Slice", {matrix, list({1, 0}), list({2, 2})}}).floats, (Values{4, 5}));
}

TEST(ReferenceLayout, split_cuts_equal_or_given_parts)
{
    Attributes const axis_one{{"axis", std::int64_t{1}}};
    auto const parts =
        run_all({"Split", {matrix, list({1, 2})}, axis_one, ElementType::float32, 2});
    EXPECT_EQ(parts[0].floats, (Values{1, 4}));
    EXPECT_EQ(parts[1].floats, (Values{2, 3, 5, 6}));
    auto const rows = run_all({"Split", {matrix}, {}, ElementType::float32, 2});
    EXPECT_EQ(rows[1].floats, (Values{4, 5, 6}));
    auto const message = error_of([&] {
        run_all({"Split", {matrix}, axis_one, ElementType::float32, 2});
    });
    EXPECT_TRUE(mentions(message, {"Split node 'tested'", "3 elements", "2 parts"}));
}

TEST(ReferenceLayout, pad_adds_and_crops)
{
    EXPECT_EQ(run({"Pad", {matrix, list({0, 1, 1, 0})}}).floats,
              (Values{0, 1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0}));
    auto const nine = fixed(floats({}, {9}));
    EXPECT_EQ(run({"Pad", {matrix, list({0, 0, 0, 1}), nine}}).floats,
              (Values{1, 2, 3, 9, 4, 5, 6, 9}));
    EXPECT_EQ(run({"Pad", {matrix, list({0, -1, 0, 0})}}).floats, (Values{2, 3, 5, 6}));
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Pad", {matrix, list({1, 1})}});
                         }),
                         {"Pad node 'tested'", "2 entries", "4"}));
    auto const with_mode = [&](std::string const& mode, Argument pads) {
        return run({"Pad", {matrix, std::move(pads)}, {{"mode", mode}}}).floats;
    };
    EXPECT_EQ(with_mode("reflect", list({0, 1, 1, 0})),
              (Values{2, 1, 2, 3, 5, 4, 5, 6, 2, 1, 2, 3}));
    EXPECT_EQ(with_mode("edge", list({0, 1, 1, 0})), (Values{1, 1, 2, 3, 4, 4, 5, 6, 4, 4, 5, 6}));
    EXPECT_TRUE(mentions(error_of([&] {
                             with_mode("reflect", list({2, 0, 0, 0}));
                         }),
                         {"Pad node 'tested'", "reflects 2 cells of 2"}));
    EXPECT_TRUE(mentions(error_of([&] {
                             with_mode("wrap", list({0, 1, 1, 0}));
                         }),
                         {"Pad node 'tested'", "wrap", "constant"}));
}

Values resized(Argument scales, Argument sizes, Attributes attributes, Tensor const& line)
{
    attributes["mode"] = std::string("nearest");
    return run({"Resize", {line, absent(), std::move(scales), std::move(sizes)}, attributes})
        .floats;
}

Attributes sampling(std::string coordinates, std::string rounding)
{
    return {{"coordinate_transformation_mode", std::move(coordinates)},
            {"nearest_mode", std::move(rounding)}};
}

TEST(ReferenceLayout, resize_doubles_by_repeating)
{
    auto const twice = fixed(floats({2}, {1, 2}));
    auto const plain = sampling("asymmetric", "floor");
    EXPECT_EQ(resized(twice, absent(), plain, counting({1, 3})), (Values{1, 1, 2, 2, 3, 3}));
    EXPECT_EQ(
        resized(twice, absent(), sampling("half_pixel", "round_prefer_floor"), counting({1, 3})),
        (Values{1, 1, 2, 2, 3, 3}));
    // x / 2 = 0, 0.5, 1, 1.5, 2, 2.5, rounded up and held inside.
    EXPECT_EQ(resized(twice, absent(), sampling("asymmetric", "ceil"), counting({1, 3})),
              (Values{1, 2, 2, 3, 3, 3}));
    auto const rows = run({"Resize",
                           {counting({2, 1}), absent(), fixed(floats({2}, {2, 1}))},
                           sampling("asymmetric", "floor")});
    EXPECT_EQ(rows.floats, (Values{1, 1, 2, 2}));
}

TEST(ReferenceLayout, resize_modes_differ_where_sizes_do_not_divide)
{
    // Three cells become five, scale 5/3. asymmetric: x * 0.6 = 0, 0.6, 1.2, 1.8, 2.4.
    auto const five = list({1, 5});
    auto const line = counting({1, 3});
    EXPECT_EQ(resized(absent(), five, sampling("asymmetric", "floor"), line),
              (Values{1, 1, 2, 2, 3}));
    EXPECT_EQ(resized(absent(), five, sampling("asymmetric", "ceil"), line),
              (Values{1, 2, 3, 3, 3}));
    // half_pixel: (x + 0.5) * 0.6 - 0.5 = -0.2, 0.4, 1, 1.6, 2.2.
    EXPECT_EQ(resized(absent(), five, sampling("half_pixel", "round_prefer_floor"), line),
              (Values{1, 1, 2, 3, 3}));
}

TEST(ReferenceLayout, resize_rounds_halves_as_told)
{
    // Four cells become two. asymmetric: 0, 2; half_pixel: (x + 0.5) * 2 - 0.5 = 0.5, 2.5.
    auto const half = fixed(floats({2}, {1, 0.5F}));
    auto const line = counting({1, 4});
    EXPECT_EQ(resized(half, absent(), sampling("asymmetric", "floor"), line), (Values{1, 3}));
    EXPECT_EQ(resized(half, absent(), sampling("half_pixel", "round_prefer_floor"), line),
              (Values{1, 3}));
    EXPECT_EQ(resized(half, absent(), sampling("half_pixel", "round_prefer_ceil"), line),
              (Values{2, 4}));
}

TEST(ReferenceLayout, resize_refuses_other_modes_and_unclear_sizes)
{
    auto const line = counting({1, 3});
    EXPECT_TRUE(mentions(
        error_of([&] {
            run({"Resize", {line, absent(), fixed(floats({2}, {1, 2}))}, {{"mode", "lanczos"}}});
        }),
        {"Resize node 'tested'", "lanczos", "nearest"}));
    EXPECT_TRUE(mentions(error_of([&] { run({"Resize", {line}}); }), {"scales or sizes"}));
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Resize", {line, absent(), fixed(floats({2}, {1, -2}))}});
                         }),
                         {"scale -2"}));
}

TEST(ReferenceLayout, depth_to_space_orders_blocks_by_its_mode)
{
    // Eight channels of one cell: two output channels of 2 x 2.
    auto const channels = counting({1, 8, 1, 1});
    Attributes attributes{{"blocksize", std::int64_t{2}}};
    auto const depth_first = run({"DepthToSpace", {channels}, attributes});
    EXPECT_EQ(depth_first.shape, (Shape{1, 2, 2, 2}));
    EXPECT_EQ(depth_first.floats, (Values{1, 3, 5, 7, 2, 4, 6, 8}));
    attributes["mode"] = std::string("CRD");
    EXPECT_EQ(run({"DepthToSpace", {channels}, attributes}).floats,
              (Values{1, 2, 3, 4, 5, 6, 7, 8}));
    // One channel, one row of two cells: blocks stand side by side.
    auto const wide = run({"DepthToSpace", {counting({1, 4, 1, 2})}, attributes});
    EXPECT_EQ(wide.floats, (Values{1, 3, 2, 4, 5, 7, 6, 8}));
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"DepthToSpace", {counting({1, 6, 1, 1})}, attributes});
                         }),
                         {"DepthToSpace node 'tested'", "6 channels"}));
}

TEST(ReferenceLayout, squeeze_and_unsqueeze_take_and_add_dimensions_of_one)
{
    auto const image = counting({1, 2, 1, 3});
    EXPECT_EQ(run({"Squeeze", {image, list({0, -2})}}).shape, (Shape{2, 3}));
    EXPECT_EQ(run({"Squeeze", {image, list({0})}}).shape, (Shape{2, 1, 3}));
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Squeeze", {image, list({1})}});
                         }),
                         {"Squeeze node 'tested'", "dimension 1"}));
    EXPECT_EQ(run({"Unsqueeze", {matrix, list({0, -1})}}).shape, (Shape{1, 2, 3, 1}));
    EXPECT_EQ(run({"Unsqueeze", {matrix, list({1})}}).shape, (Shape{2, 1, 3}));
    EXPECT_TRUE(mentions(error_of([&] { run({"Unsqueeze", {matrix, list({1, 1})}}); }), {"twice"}));
}

TEST(ReferenceLayout, expand_repeats_dimensions_of_one)
{
    auto const column = floats({2, 1}, {1, 2});
    EXPECT_EQ(run({"Expand", {column, list({2, 3})}}).floats, (Values{1, 1, 1, 2, 2, 2}));
    auto const stacked = run({"Expand", {column, list({2, 1, 1})}});
    EXPECT_EQ(stacked.shape, (Shape{2, 2, 1}));
    EXPECT_EQ(stacked.floats, (Values{1, 2, 1, 2}));
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Expand", {column, list({3, 1})}});
                         }),
                         {"Expand node 'tested'", "[2, 1]", "[3, 1]"}));
}

TEST(ReferenceLayout, reductions_sum_or_average_over_their_axes)
{
    EXPECT_EQ(run({"ReduceSum", {matrix, list({1})}}).floats, (Values{6, 15}));
    EXPECT_EQ(run({"ReduceSum", {matrix, list({0})}}).floats, (Values{5, 7, 9}));
    EXPECT_EQ(run({"ReduceSum", {matrix}}).floats, (Values{21}));
    EXPECT_EQ(run({"ReduceSum", {matrix}, {{"noop_with_empty_axes", std::int64_t{1}}}}).floats,
              matrix.floats);
    EXPECT_EQ(run({"ReduceMean", {matrix}, {{"axes", Integers{-1}}}}).floats, (Values{2, 5}));
    EXPECT_EQ(run({"ReduceMean", {matrix}}).floats, (Values{3.5F}));
}

TEST(ReferenceLayout, reductions_keep_or_drop_the_reduced_dimensions)
{
    EXPECT_EQ(run({"ReduceSum", {matrix, list({0})}}).shape, (Shape{1, 3}));
    EXPECT_EQ(run({"ReduceSum", {matrix, list({0})}, {{"keepdims", std::int64_t{0}}}}).shape,
              (Shape{3}));
    auto const image = counting({2, 2, 2});
    auto const dropped =
        run({"ReduceMean", {image}, {{"axes", Integers{0, 2}}, {"keepdims", std::int64_t{0}}}});
    EXPECT_EQ(dropped.shape, (Shape{2}));
    EXPECT_EQ(dropped.floats, (Values{(1 + 2 + 5 + 6) / 4.0F, (3 + 4 + 7 + 8) / 4.0F}));
}

TEST(ReferenceLayout, integers_move_like_numbers)
{
    auto const line = integers({3}, {5, -6, 7}, ElementType::int8);
    auto const result = run(
        {"Slice", {line, list({-1}), list({-4}), list({0}), list({-2})}, {}, ElementType::int8});
    EXPECT_EQ(result.integers, (Integers{7, 5}));
    EXPECT_TRUE(result.floats.empty());
}

}  // namespace
}  // namespace lowcal::graph
