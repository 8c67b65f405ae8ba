#include "graph/shapes/convolution_geometry.hpp"

#include "one_node.hpp"

namespace lowcal::graph {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(ConvolutionGeometry, same_transposed_five_by_five_of_stride_two_crops_one_and_two)
{
    Node const node{"up",
                    "ConvTranspose",
                    {"x", "w"},
                    {"y"},
                    {{"auto_pad", "SAME_UPPER"}, {"strides", Integers{2, 2}}}};
    auto const geometry = convolution_geometry(node, {7, 64, 15, 15}, {64, 32, 5, 5});
    EXPECT_EQ(geometry.output_shape(), (Shape{7, 32, 30, 30}));
    EXPECT_EQ(geometry.axes[0].pad_begin, 1);
    EXPECT_EQ(geometry.axes[0].pad_end, 2);
}

TEST(ConvolutionGeometry, same_eight_by_eight_pads_three_and_four)
{
    Node node{"conv", "Conv", {"x", "w"}, {"y"}, {{"auto_pad", "SAME_UPPER"}}};
    auto const upper = convolution_geometry(node, {1, 64, 30, 30}, {64, 64, 8, 8});
    EXPECT_EQ(upper.output_shape(), (Shape{1, 64, 30, 30}));
    EXPECT_EQ(upper.axes[1].pad_begin, 3);
    EXPECT_EQ(upper.axes[1].pad_end, 4);
    node.attributes["auto_pad"] = std::string("SAME_LOWER");
    EXPECT_EQ(convolution_geometry(node, {1, 64, 30, 30}, {64, 64, 8, 8}).axes[1].pad_begin, 4);
}

struct Misfit {
    Attributes attributes;
    Shape input;
    Shape weights;
    std::string reason;
};

TEST(ConvolutionGeometry, shapes_and_attributes_that_do_not_fit_are_refused)
{
    std::vector<Misfit> const misfits{
        {{}, {1, 3, 5, 5}, {4, 2, 3, 3}, "channels"},
        {{}, {1, 2, 5, 5}, {4, 2, 3}, "number of dimensions"},
        {{}, {1, 2}, {4, 2}, "spatial dimensions"},
        {{}, {1, 2, 5, 5}, {4, 2, 6, 6}, "its kernel covers 6 cells"},
        {{{"group", std::int64_t{3}}}, {1, 6, 5, 5}, {4, 2, 3, 3}, "3 groups"},
        {{{"group", std::int64_t{1} << 62}}, {1, 4, 5, 5}, {4, 4, 3, 3}, "groups"},
        {{{"strides", Integers{1}}}, {1, 2, 5, 5}, {4, 2, 3, 3}, "'strides' has 1 entries"},
        {{{"pads", Integers{1, 1}}}, {1, 2, 5, 5}, {4, 2, 3, 3}, "'pads' has 2 entries"},
        {{{"kernel_shape", Integers{3, 5}}}, {1, 2, 5, 5}, {4, 2, 3, 3}, "'kernel_shape'"},
        {{}, {1, 2, 5, 65537}, {4, 2, 3, 3}, "65537 cells along an axis"},
        {{{"pads", Integers{0, 65536, 0, 0}}}, {1, 2, 5, 5}, {4, 2, 3, 3}, "65539 cells"},
    };
    for (auto const& misfit : misfits) {
        Node const node{"conv", "Conv", {"x", "w"}, {"y"}, misfit.attributes};
        auto const message =
            error_of([&] { convolution_geometry(node, misfit.input, misfit.weights); });
        EXPECT_TRUE(mentions(message, {"Conv node 'conv'", misfit.reason}));
    }
}

TEST(ConvolutionGeometry, padding_that_leaves_nothing_of_a_transposed_convolution_is_refused)
{
    Node const node{"up", "ConvTranspose", {"x", "w"}, {"y"}, {{"pads", Integers{2, 2}}}};
    EXPECT_TRUE(mentions(error_of([&] {
                             convolution_geometry(node, {1, 1, 2}, {1, 1, 3});
                         }),
                         {"ConvTranspose node 'up'", "leaves nothing"}));
}

}  // namespace
}  // namespace lowcal::graph
