#include "training/convolution.hpp"

#include <torch/torch.h>

#include <array>
#include <cassert>

namespace lowcal::training {
namespace {

std::int64_t spatial_axes(torch::Tensor const& tensor)
{
    return tensor.dim() - 2;
}

torch::Tensor pad_spatial(torch::Tensor const& input, Margins margins)
{
    std::vector<std::int64_t> amounts;
    for (std::int64_t i = 0; i < spatial_axes(input); ++i)
        amounts.insert(amounts.end(), {margins.before, margins.after});
    return torch::constant_pad_nd(input, amounts);
}

/// Plain convolution with symmetric zero padding.
torch::Tensor convolve_plain(torch::Tensor input, torch::Tensor weight, std::int64_t padding,
                             TrainingPrecision precision)
{
    bool const plane = spatial_axes(input) == 2;
    if (precision == TrainingPrecision::bfloat16) {
        input = input.to(torch::kBFloat16);
        weight = weight.to(torch::kBFloat16);
    }
    auto const layout =
        plane ? torch::MemoryFormat::ChannelsLast : torch::MemoryFormat::ChannelsLast3d;
    input = input.contiguous(layout);
    weight = weight.contiguous(layout);
    auto const result = plane ? torch::conv2d(input, weight, {}, 1, padding)
                              : torch::conv3d(input, weight, {}, 1, padding);
    return result.to(torch::kFloat32);
}

torch::Tensor add_bias(torch::Tensor const& result, torch::Tensor const& bias)
{
    if (!bias.defined()) return result;
    std::vector<std::int64_t> shape(static_cast<std::size_t>(result.dim()), 1);
    shape[1] = bias.size(0);
    return result + bias.view(shape);
}

/// Weight [in, out, k...] as the weight [out * s^d, in, taps...] of a convolution whose channels
/// hold the s^d phases of each output channel (phases of the first axis outermost).
torch::Tensor phase_weights(torch::Tensor const& weight, std::int64_t stride)
{
    auto const axes = spatial_axes(weight);
    auto const kernel = weight.size(2);
    auto const taps = (kernel + stride - 1) / stride;
    auto padded = pad_spatial(weight, {.before = 0, .after = taps * stride - kernel});
    // k = stride * tap + phase: split each axis in (tap, phase).
    std::vector<std::int64_t> split{weight.size(0), weight.size(1)};
    for (std::int64_t i = 0; i < axes; ++i) split.insert(split.end(), {taps, stride});
    padded = padded.reshape(split);
    std::vector<std::int64_t> order{1}, flipped;
    for (std::int64_t i = 0; i < axes; ++i) order.push_back(3 + 2 * i);
    order.push_back(0);
    for (std::int64_t i = 0; i < axes; ++i) order.push_back(2 + 2 * i);
    std::vector<std::int64_t> shape{-1, weight.size(0)};
    for (std::int64_t i = 0; i < axes; ++i) {
        shape.push_back(taps);
        flipped.push_back(2 + i);
    }
    return padded.permute(order).reshape(shape).flip(flipped);
}

/// [N, out * s^d, q...] -> [N, out, s q...].
torch::Tensor interleave_phases(torch::Tensor const& phases, std::int64_t stride)
{
    auto const axes = spatial_axes(phases);
    auto count = stride;
    for (std::int64_t i = 1; i < axes; ++i) count *= stride;
    std::vector<std::int64_t> split{phases.size(0), phases.size(1) / count};
    std::vector<std::int64_t> order{0, 1}, shape{phases.size(0), phases.size(1) / count};
    for (std::int64_t i = 0; i < axes; ++i) split.push_back(stride);
    for (std::int64_t i = 0; i < axes; ++i) {
        split.push_back(phases.size(2 + i));
        order.insert(order.end(), {2 + axes + i, 2 + i});
        shape.push_back(stride * phases.size(2 + i));
    }
    return phases.reshape(split).permute(order).reshape(shape);
}

}  // namespace

torch::Tensor convolve(torch::Tensor const& input, torch::Tensor const& weight,
                       torch::Tensor const& bias, LayerSpec const& layer,
                       TrainingPrecision precision)
{
    assert(layer.kind == LayerKind::convolution);
    Margins const margins = layer.padding == Padding::same ? same_padding(layer.kernel) : Margins{};
    auto const common = margins.before;
    auto padded = input;  // what exceeds a symmetric padding is added behind
    if (margins.after > common)
        padded = pad_spatial(input, {.before = 0, .after = margins.after - common});
    return add_bias(convolve_plain(padded, weight, common, precision), bias);
}

torch::Tensor convolve_transposed(torch::Tensor const& input, torch::Tensor const& weight,
                                  torch::Tensor const& bias, TransposedConvolution const& how,
                                  TrainingPrecision precision)
{
    auto const kernel = weight.size(2);
    auto const taps = (kernel + how.stride - 1) / how.stride;
    auto const phases =
        convolve_plain(input, phase_weights(weight, how.stride), taps - 1, precision);
    auto full = interleave_phases(phases, how.stride);
    for (std::int64_t axis = 2; axis < full.dim(); ++axis) {
        auto const size = (input.size(axis) - 1) * how.stride + kernel;
        full = full.slice(axis, how.crop.before, size - how.crop.after);
    }
    return add_bias(full, bias);
}

bool cpu_has_bfloat16()
{
    return __builtin_cpu_supports("avx512bf16") > 0;
}

}  // namespace lowcal::training
