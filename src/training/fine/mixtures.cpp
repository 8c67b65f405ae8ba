#include "training/fine/mixtures.hpp"

#include <torch/torch.h>

#include <cmath>
#include <limits>

namespace lowcal::training {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Of a mass, so that its logarithm is finite.
constexpr double least_mass = 1e-7;
Mixture mixture_of(torch::Tensor const& numbers, graph::MixtureScale const& scale)
{
    auto const parts = numbers.chunk(3, 1);
    return {.log_weights = parts[0],
            .means = parts[1] * scale.mean + scale.shift,
            .log_widths = parts[2].clamp(scale.narrowest, scale.widest)};
}

Mixture leaning(torch::Tensor const& numbers, torch::Tensor const& odds,
                graph::MixtureScale const& scale)
{
    auto const own = numbers.size(1) - odds.size(1);
    auto mixture = mixture_of(numbers.narrow(1, 0, own), scale);
    mixture.means = mixture.means + (numbers.narrow(1, own, odds.size(1)) * odds).sum(1, true);
    return mixture;
}

}  // namespace

Mixture hit_mixture(torch::Tensor const& numbers, torch::Tensor const& odds)
{
    return leaning(numbers, odds, graph::hit_scale);
}

torch::Tensor excess_odds(torch::Tensor const& first, torch::Tensor const& second, double least)
{
    double const small = graph::excess_offset * least;
    return torch::log(first.clamp_min(0) + small) - torch::log(second.clamp_min(0) + small);
}

Mixture energy_mixture(torch::Tensor const& numbers, torch::Tensor const& odds,
                       torch::Tensor const& anchors, EnergyToDivide const& energy)
{
    auto mixture = leaning(numbers, odds, graph::energy_scale);
    auto const own = numbers.narrow(1, energy_components, energy_components);
    auto const excess = energy.excess.unsqueeze(1);
    auto means = std::vector{mixture.means.narrow(1, 0, graph::odds_components)};
    auto weights = std::vector{mixture.log_weights.narrow(1, 0, graph::odds_components)};
    std::int64_t at = graph::odds_components;
    for (bool const of_first : {true, false}) {
        constexpr auto count = graph::anchored_components;
        auto const place = torch::exp(anchors + graph::anchor_step * own.narrow(1, at, count));
        auto const possible =
            ((of_first ? energy.first : energy.second) == 1).unsqueeze(1) & (place < excess);
        // Where it is not, a place that is does not spoil gradients.
        auto const safe = torch::where(possible, place, 0.5 * excess + energy.least);
        auto const middle =
            excess_odds(safe, torch::where(possible, excess - place, 0.5 * excess + energy.least),
                        energy.least);
        means.push_back(of_first ? middle : -middle);
        weights.push_back(torch::where(
            possible, mixture.log_weights.narrow(1, at, count),
            torch::full({}, static_cast<double>(graph::impossible), numbers.options())));
        at += count;
    }
    mixture.means = torch::cat(means, 1);
    mixture.log_weights = torch::cat(weights, 1);
    return mixture;
}

Mixture root_mixture(torch::Tensor const& numbers)
{
    return mixture_of(numbers, graph::root_scale);
}

torch::Tensor log_mass(Mixture const& mixture, torch::Tensor const& low, torch::Tensor const& high)
{
    auto const inverse = torch::exp(-mixture.log_widths);
    // Of an infinite bound the product with a gradient would be no number.
    auto const below = [&](torch::Tensor const& bound) {
        auto const finite = torch::isfinite(bound);
        auto const at = torch::where(finite, bound, torch::zeros_like(bound)).unsqueeze(1);
        auto const inside = torch::sigmoid((at - mixture.means) * inverse);
        auto const beyond = (bound > 0).to(inside.scalar_type()).unsqueeze(1);
        return torch::where(finite.unsqueeze(1), inside, beyond.expand_as(inside));
    };
    auto const mass = (below(high) - below(low)).clamp_min(0);
    return torch::log((mixture.log_weights.softmax(1) * mass).sum(1) + least_mass);
}

torch::Tensor log_density(Mixture const& mixture, torch::Tensor const& x)
{
    auto const z = (x.unsqueeze(1) - mixture.means) * torch::exp(-mixture.log_widths);
    return torch::logsumexp(
        mixture.log_weights.log_softmax(1) - z - mixture.log_widths - 2.0 * torch::softplus(-z),
        {1});
}

torch::Tensor draw(Mixture const& mixture, torch::Tensor const& uniform)
{
    auto const below =
        mixture.log_weights.softmax(1).cumsum(1).narrow(1, 0, mixture.log_weights.size(1) - 1);
    auto const component = (uniform.narrow(1, 0, 1) >= below).sum(1, true);
    auto const height =
        uniform.select(1, 1).clamp(graph::uniform_margin, 1.0F - graph::uniform_margin);
    return mixture.means.gather(1, component).squeeze(1) +
           torch::exp(mixture.log_widths.gather(1, component).squeeze(1)) * torch::logit(height);
}

torch::Tensor hit_boundary(torch::Tensor const& first, torch::Tensor const& hits,
                           torch::Tensor const& least, torch::Tensor const& most)
{
    // Number n1 of n takes the odds from n1 / (n + 1 - n1) to (n1 + 1) / (n - n1).
    auto const odds =
        torch::log(first.clamp_min(0.25)) - torch::log((hits + 1.0 - first).clamp_min(0.25));
    return odds.masked_fill(first <= least, -infinity).masked_fill(first > most, infinity);
}

torch::Tensor hits_at(torch::Tensor const& log_odds, torch::Tensor const& hits,
                      torch::Tensor const& least, torch::Tensor const& most)
{
    auto const first = torch::floor(torch::sigmoid(log_odds) * (hits + 1.0));
    return torch::minimum(torch::maximum(first, least), most);
}

}  // namespace lowcal::training
