#pragma once

#include <torch/types.h>

namespace lowcal::training {

/// Whether a latent vector keeps the norm that its normal numbers happen to have.
enum class LatentNorm {
    free,  ///< as in the study: the norm fluctuates by 5 %, and the shower's energy with it
    fixed  ///< brought to the square root of its size
};

/// What is known of the showers that a batch is to be like; the first numbers of their latent
/// vectors. Undefined where not known.
struct KnownShower {
    torch::Tensor entry{};        ///< [N, 2], uniform in -1 to 1: where the primary entered
    torch::Tensor layer_noise{};  ///< [N, layers], normal: of the flow that draws layer energies
};

/// Latent vectors for these primary energies (GeV): normal noise x energy / 100, [N, 200].
torch::Tensor draw_latent(torch::Tensor const& energy, LatentNorm norm = LatentNorm::free,
                          KnownShower const& known = {});

}  // namespace lowcal::training
