#pragma once

#include "training/architecture.hpp"
#include "training/nn/factored_kernel.hpp"

#include <torch/types.h>

namespace lowcal::training {

/// Arithmetic of the convolutions; weights, normalisation and losses stay in float32.
enum class TrainingPrecision { float32, bfloat16 };

struct TransposedConvolution {
    std::int64_t stride = 1;
    Margins crop;  ///< removed from the full result, per axis
};

/// Convolution with "same" or "valid" padding. `input` is [N, C, ...] with 2 or 3 spatial axes,
/// `weight` [out, in, k, ...]; `bias` [out] or undefined. Returns what `precision` says.
torch::Tensor convolve(torch::Tensor const& input, torch::Tensor const& weight,
                       torch::Tensor const& bias, LayerSpec const& layer,
                       TrainingPrecision precision);

/// The same with a factored kernel, in 2 spatial axes; no bias.
torch::Tensor convolve_factored(torch::Tensor const& input, FactoredKernel const& kernel,
                                LayerSpec const& layer, TrainingPrecision precision);

/// Transposed convolution, `weight` [in, out, k, ...] as LibTorch has it, equal to
/// conv_transpose2d/3d followed by the crop. Computed as one convolution that makes all phases of
/// the stride at once, and an interleaving of them (sub-pixel convolution, Shi et al. 2016,
/// arXiv:1609.07009): LibTorch's own is 20 times slower than its convolutions on a CPU.
torch::Tensor convolve_transposed(torch::Tensor const& input, torch::Tensor const& weight,
                                  torch::Tensor const& bias, TransposedConvolution const& how,
                                  TrainingPrecision precision);

/// True if this CPU multiplies bfloat16 in hardware, without which bfloat16 training is slower.
bool cpu_has_bfloat16();

}  // namespace lowcal::training
