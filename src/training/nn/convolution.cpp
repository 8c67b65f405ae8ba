#include "training/nn/convolution.hpp"

#include <torch/torch.h>

#include <algorithm>
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

torch::Tensor in_precision(torch::Tensor const& tensor, TrainingPrecision precision)
{
    return tensor.to(precision == TrainingPrecision::bfloat16 ? torch::kBFloat16 : torch::kFloat32);
}

/// Plain convolution with symmetric zero padding.
torch::Tensor convolve_plain(torch::Tensor input, torch::Tensor weight, at::IntArrayRef padding,
                             TrainingPrecision precision)
{
    bool const plane = spatial_axes(input) == 2;
    input = in_precision(input, precision);
    weight = in_precision(weight, precision);
    auto const layout =
        plane ? torch::MemoryFormat::ChannelsLast : torch::MemoryFormat::ChannelsLast3d;
    input = input.contiguous(layout);
    weight = weight.contiguous(layout);
    return plane ? torch::conv2d(input, weight, {}, 1, padding)
                 : torch::conv3d(input, weight, {}, 1, padding);
}

torch::Tensor add_bias(torch::Tensor const& result, torch::Tensor const& bias)
{
    if (!bias.defined()) return result;
    std::vector<std::int64_t> shape(static_cast<std::size_t>(result.dim()), 1);
    shape[1] = bias.size(0);
    return result + bias.to(result.dtype()).view(shape);
}

/// Result s q + p of a transposed convolution, less the crop, sums inputs q - j times kernel place
/// s j + p + crop: the largest |j| that is still in the kernel.
std::int64_t reach_of(std::int64_t kernel, TransposedConvolution const& how)
{
    auto const behind = (kernel - 1 - how.crop.before) / how.stride;
    auto const ahead = (how.crop.before + how.stride - 1) / how.stride;
    return std::max(behind, ahead);
}

/// Weight [in, out, k...] as the weight [s^d * out, in, taps...] of a convolution whose channels
/// hold the s^d phases, each with all output channels (phases of the first axis outermost).
torch::Tensor phase_weights(torch::Tensor const& weight, TransposedConvolution const& how)
{
    auto const axes = spatial_axes(weight);
    auto const stride = how.stride;
    auto const reach = reach_of(weight.size(2), how);
    auto const taps = 2 * reach + 1;
    auto const before = stride * reach - how.crop.before;
    auto padded =
        pad_spatial(weight, {.before = before, .after = taps * stride - before - weight.size(2)});
    // Place = stride * tap + phase: split each axis in (tap, phase).
    std::vector<std::int64_t> split{weight.size(0), weight.size(1)};
    for (std::int64_t i = 0; i < axes; ++i) split.insert(split.end(), {taps, stride});
    padded = padded.reshape(split);
    std::vector<std::int64_t> order, flipped;
    for (std::int64_t i = 0; i < axes; ++i) order.push_back(3 + 2 * i);
    order.insert(order.end(), {1, 0});
    for (std::int64_t i = 0; i < axes; ++i) order.push_back(2 + 2 * i);
    std::vector<std::int64_t> shape{-1, weight.size(0)};
    for (std::int64_t i = 0; i < axes; ++i) {
        shape.push_back(taps);
        flipped.push_back(2 + i);
    }
    return padded.permute(order).reshape(shape).flip(flipped);
}

/// [N, s^d * out, q...] -> [N, out, s q...], both with channels innermost in memory.
torch::Tensor interleave_phases(torch::Tensor const& phases, std::int64_t stride)
{
    auto const axes = spatial_axes(phases);
    auto channels = phases.size(1);
    std::vector<std::int64_t> last{0}, split{phases.size(0)}, order{0}, shape{phases.size(0)};
    std::vector<std::int64_t> first{0, axes + 1};
    for (std::int64_t i = 0; i < axes; ++i) {
        channels /= stride;
        last.push_back(2 + i);
        split.push_back(phases.size(2 + i));
        order.insert(order.end(), {1 + i, 1 + axes + i});
        shape.push_back(stride * phases.size(2 + i));
        first.push_back(1 + i);
    }
    last.push_back(1);
    split.insert(split.end(), static_cast<std::size_t>(axes), stride);
    for (auto* const sizes : {&split, &shape}) sizes->push_back(channels);
    order.push_back(2 * axes + 1);
    return phases.permute(last).reshape(split).permute(order).reshape(shape).permute(first);
}

}  // namespace

torch::Tensor convolve(torch::Tensor const& input, torch::Tensor const& weight,
                       torch::Tensor const& bias, LayerSpec const& layer,
                       TrainingPrecision precision)
{
    assert(layer.kind == LayerKind::convolution);
    Margins const margins = layer.padding == Padding::same ? same_padding(layer.kernel) : Margins{};
    auto const common = margins.before;
    auto padded =
        in_precision(input, precision);  // what exceeds a symmetric padding is added behind
    if (margins.after > common)
        padded = pad_spatial(input, {.before = 0, .after = margins.after - common});
    std::vector<std::int64_t> const padding(static_cast<std::size_t>(spatial_axes(input)), common);
    return add_bias(convolve_plain(padded, weight, padding, precision), bias);
}

torch::Tensor convolve_factored(torch::Tensor const& input, FactoredKernel const& kernel,
                                LayerSpec const& layer, TrainingPrecision precision)
{
    assert(spatial_axes(input) == 2 && !layer.bias);
    auto const m = layer.padding == Padding::same ? same_padding(layer.kernel) : Margins{};
    auto const extra = m.after - m.before;
    auto hidden = in_precision(input, precision);
    if (extra > 0) hidden = torch::constant_pad_nd(hidden, {0, 0, 0, extra});
    hidden = convolve_plain(hidden, kernel.column, {m.before, 0}, precision);
    if (extra > 0) hidden = torch::constant_pad_nd(hidden, {0, extra});
    return convolve_plain(hidden, kernel.row, {0, m.before}, precision);
}

torch::Tensor convolve_transposed(torch::Tensor const& input, torch::Tensor const& weight,
                                  torch::Tensor const& bias, TransposedConvolution const& how,
                                  TrainingPrecision precision)
{
    assert(how.crop.before + how.crop.after == weight.size(2) - how.stride);
    std::vector<std::int64_t> const padding(static_cast<std::size_t>(spatial_axes(input)),
                                            reach_of(weight.size(2), how));
    auto const phases = convolve_plain(input, phase_weights(weight, how), padding, precision);
    return add_bias(interleave_phases(phases, how.stride), bias);
}

bool cpu_has_bfloat16()
{
    return __builtin_cpu_supports("avx512bf16") > 0;
}

}  // namespace lowcal::training
