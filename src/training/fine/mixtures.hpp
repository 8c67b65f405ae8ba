#pragma once

#include "graph/patterns/split_network.hpp"

#include <torch/types.h>

#include <cstdint>

namespace lowcal::training {

/// Mixtures of logistic densities over the real line, their numbers given by a network.

using graph::energy_components;
using graph::hit_components;
/// Numbers of a mixture: a weight, a mean and a width for each component.
constexpr std::int64_t mixture_numbers(std::int64_t components)
{
    return 3 * components;
}

struct Mixture {
    torch::Tensor log_weights;  ///< [M, components], not normalised
    torch::Tensor means;
    torch::Tensor log_widths;
};

/// What `numbers` [M, 3 components + K] of a network mean: how hits are divided, as the logarithm
/// of the odds. The last K say how far all means follow these `odds` [M, K].
Mixture hit_mixture(torch::Tensor const& numbers, torch::Tensor const& odds);
/// What there is to be divided: [M] each.
struct EnergyToDivide {
    torch::Tensor excess;         ///< beyond the least of all hits
    torch::Tensor first, second;  ///< hits
    double least = 0;             ///< energy of a hit
};
/// How energy beyond the least is divided, as the logarithm of the odds: some components follow
/// `odds`, others lie at energies of single hits, `anchors` [anchored_components] in logarithms.
Mixture energy_mixture(torch::Tensor const& numbers, torch::Tensor const& odds,
                       torch::Tensor const& anchors, EnergyToDivide const& energy);
/// The logarithm of the odds between energies beyond the least, [M].
torch::Tensor excess_odds(torch::Tensor const& first, torch::Tensor const& second, double least);
/// The logarithm of a layer's hits.
Mixture root_mixture(torch::Tensor const& numbers);

/// Log of the probability between two bounds, [M] each; a bound that is not there is infinite.
torch::Tensor log_mass(Mixture const& mixture, torch::Tensor const& low, torch::Tensor const& high);
/// Log of the density at x [M].
torch::Tensor log_density(Mixture const& mixture, torch::Tensor const& x);
/// One number of each mixture [M] by uniform numbers [M, 2].
torch::Tensor draw(Mixture const& mixture, torch::Tensor const& uniform);

/// The logarithm of the odds (n1 / n2 of `hits` hits) at which a division gives `first` hits or
/// more to the first child; infinite for `first` at or under `least` and for `first` beyond `most`.
torch::Tensor hit_boundary(torch::Tensor const& first, torch::Tensor const& hits,
                           torch::Tensor const& least, torch::Tensor const& most);
/// Hits of the first child for the logarithm of the odds.
torch::Tensor hits_at(torch::Tensor const& log_odds, torch::Tensor const& hits,
                      torch::Tensor const& least, torch::Tensor const& most);

}  // namespace lowcal::training
