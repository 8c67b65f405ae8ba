#pragma once

#include <torch/types.h>

namespace lowcal::training {

/// How much each of a few numbers of a shower varies, and with which others, is in a trained
/// generator not what it is in real showers: training matches it only by the way. Part of it
/// follows the latent vector linearly, and that part can be set right without training.
///
/// Latent vectors [N, L] of unit variance; what their showers have beyond what is usual for their
/// energies, [N, K], and the same of real showers, [M, K]. Returns R, [L, L]: a generator that gets
/// R z in the place of z varies as real showers do, as far as its linear answer goes. Variances
/// come before correlations: where what is not linear leaves too little room for both, correlations
/// are as close as they can be. Directions that none of the numbers follow stay as they are.
torch::Tensor response_correction(torch::Tensor const& latents, torch::Tensor const& generated,
                                  torch::Tensor const& real);

/// What numbers [N, K] are beyond a polynomial of fourth degree in the logarithm of the energy [N].
/// Ones with a positive usual value (`relative`) as shares of it.
enum class Beyond { relative, absolute };
torch::Tensor beyond_usual_at(torch::Tensor const& energy, torch::Tensor const& numbers,
                              Beyond how);

}  // namespace lowcal::training
