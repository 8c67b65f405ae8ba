#include "training/nn/convolution.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

struct Geometry {
    std::int64_t stride;
    std::int64_t kernel;
    std::int64_t axes;
};

/// Largest difference between our transposed convolution and LibTorch's, cropped, over the
/// largest value; and the same for the gradient of the weights.
std::pair<double, double> differences(Geometry geometry, Margins crop, Margins reference_crop)
{
    torch::manual_seed(3);
    std::vector<std::int64_t> input_shape{2, 6}, weight_shape{6, 4};
    input_shape.insert(input_shape.end(), static_cast<std::size_t>(geometry.axes), 5);
    weight_shape.insert(weight_shape.end(), static_cast<std::size_t>(geometry.axes),
                        geometry.kernel);
    auto const input = torch::randn(input_shape);
    auto ours = torch::randn(weight_shape).requires_grad_();
    auto theirs = ours.detach().clone().requires_grad_();
    auto const bias = torch::randn({4});
    auto const result =
        convolve_transposed(input, ours, bias, {geometry.stride, crop}, TrainingPrecision::float32);
    auto expected = geometry.axes == 2
                        ? torch::conv_transpose2d(input, theirs, bias, geometry.stride)
                        : torch::conv_transpose3d(input, theirs, bias, geometry.stride);
    for (std::int64_t axis = 2; axis < expected.dim(); ++axis)
        expected =
            expected.slice(axis, reference_crop.before, expected.size(axis) - reference_crop.after);
    EXPECT_EQ(result.sizes(), expected.sizes());
    auto const probe = torch::randn(expected.sizes());
    (result * probe).sum().backward();
    (expected * probe).sum().backward();
    auto relative = [](torch::Tensor const& a, torch::Tensor const& b) {
        return ((a - b).abs().max() / b.abs().max()).item<double>();
    };
    return {relative(result.detach(), expected.detach()), relative(ours.grad(), theirs.grad())};
}

TEST(ConvolveTransposed, equals_libtorch_in_value_and_gradient)
{
    for (std::int64_t const axes : {2, 3})
        for (std::int64_t const stride : {2, 3}) {
            auto const crop = same_crop(5, stride);
            auto const [value, gradient] = differences({stride, 5, axes}, crop, crop);
            // Sums of at most 6 x 125 products (values) and 2 x 125 (gradients): float32 rounding.
            EXPECT_LT(value, 1e-5) << axes << " axes, stride " << stride;
            EXPECT_LT(gradient, 1e-5) << axes << " axes, stride " << stride;
        }
}

TEST(ConvolveTransposed, the_mirrored_crop_would_be_seen)
{
    auto const [value, gradient] =
        differences({2, 5, 2}, {.before = 1, .after = 2}, {.before = 2, .after = 1});
    EXPECT_GT(value, 0.1);
    EXPECT_GT(gradient, 0.1);
}

TEST(Convolve, same_padding_of_an_even_kernel_puts_the_larger_half_behind)
{
    auto const input = torch::ones({1, 1, 4, 4});
    LayerSpec const layer{.name = "l", .channels = 1, .kernel = 2};
    auto const result =
        convolve(input, torch::ones({1, 1, 2, 2}), {}, layer, TrainingPrecision::float32);
    EXPECT_EQ(result[0][0][0][0].item<float>(), 4.0F);
    EXPECT_EQ(result[0][0][3][3].item<float>(), 1.0F);
}

}  // namespace
}  // namespace lowcal::training
