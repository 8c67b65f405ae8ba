#include "training/lean/energy_head.hpp"

#include <torch/torch.h>

#include <numeric>

namespace lowcal::training {
namespace {

constexpr double mev_per_gev = 1000.0;

/// Which numbers condition a coupling: a shuffled half, and in the next coupling the other half.
/// Fixed, because exported weights are tied to it.
torch::Tensor coupling_mask(std::int64_t index, std::int64_t layers)
{
    // The first four that share no factor with the number of layers reach half of them.
    std::vector<std::int64_t> strides;
    for (std::int64_t const stride : {1, 2, 3, 7, 5, 11, 13, 17, 19, 23})
        if (std::gcd(stride, layers) == 1) strides.push_back(stride);
    auto mask = torch::zeros({layers});
    for (std::int64_t i = 0; i < layers / 2; ++i)
        mask[i * strides[static_cast<std::size_t>((index / 2) % 4)] % layers] = 1.0;
    return index % 2 == 0 ? mask : 1.0 - mask;
}

/// [N, layers] without the unit layer.
torch::Tensor without(torch::Tensor const& layers, std::int64_t unit)
{
    return torch::cat({layers.slice(1, 0, unit), layers.slice(1, unit + 1, layers.size(1))}, 1);
}

void start_at_identity(Dense& dense)
{
    torch::NoGradGuard const no_gradient;
    dense->weight.zero_();
}

}  // namespace

torch::Tensor describe_energy(torch::Tensor const& energy)
{
    return torch::stack({0.5 * torch::log(energy / 60.0), torch::sqrt(energy / 100.0) - 1.0,
                         torch::sqrt(10.0 / energy) - 0.3},
                        1);
}

torch::Tensor describe(Primary const& primary, ShowerGeometry const& geometry)
{
    auto const energy = describe_energy(primary.energy / geometry.energy_unit);
    return primary.conditions.defined() ? torch::cat({energy, primary.conditions}, 1) : energy;
}

EnergyHeadImpl::EnergyHeadImpl(ShowerGeometry const& geometry) : geometry_(geometry)
{
    auto const layers = geometry.layers();
    auto const features = energy_features + geometry.condition_count();
    energy_scale_ = register_module("energy_scale", Dense(features, layers));
    energy_shift_ = register_module("energy_shift", Dense(features, layers));
    start_at_identity(energy_scale_);
    start_at_identity(energy_shift_);
    for (std::int64_t i = 0; i < couplings; ++i) {
        auto const name = "coupling" + std::to_string(i + 1) + "_";
        Coupling coupling;
        coupling.mask = register_buffer(name + "mask", coupling_mask(i, layers));
        coupling.first = register_module(name + "first", Dense(layers + features, hidden));
        coupling.second = register_module(name + "second", Dense(hidden, hidden));
        coupling.scale = register_module(name + "scale", Dense(hidden, layers));
        coupling.shift = register_module(name + "shift", Dense(hidden, layers));
        start_at_identity(coupling.scale);
        start_at_identity(coupling.shift);
        couplings_.push_back(coupling);
    }
    mean_ = register_buffer("mean", torch::zeros({layers}));
    spread_ = register_buffer("spread", torch::ones({layers}));
}

torch::Tensor EnergyHeadImpl::encode(torch::Tensor const& layers, torch::Tensor const& energy) const
{
    auto const total = layers.sum(1, true);
    auto const raised = layers + offset;
    auto const unit = raised.slice(1, geometry_.unit_layer, geometry_.unit_layer + 1);
    auto const shares = torch::log(unit_share * raised / unit);
    return torch::cat({torch::log(total / (mev_per_gev * energy.unsqueeze(1))),
                       without(shares, geometry_.unit_layer)},
                      1)
        .clamp_max(0.0);
}

torch::Tensor EnergyHeadImpl::encode_spread(torch::Tensor const& layers,
                                            torch::Tensor const& energy) const
{
    auto const filled = layers >= empty_energy;
    auto const encoded = encode(layers * filled, energy);
    auto const empty = torch::cat(
        {torch::zeros_like(filled.slice(1, 0, 1)), ~without(filled, geometry_.unit_layer)}, 1);
    return encoded - empty * (empty_spread * torch::randn_like(encoded).abs());
}

void EnergyHeadImpl::whiten(torch::Tensor const& encoded)
{
    torch::NoGradGuard const no_gradient;
    mean_.copy_(encoded.mean(0));
    spread_.copy_(encoded.std(0).clamp_min(1e-3));
}

torch::Tensor EnergyHeadImpl::with_empty_ones(torch::Tensor const& layers) const
{
    // Subtractions alone, which all inference engines do alike: x - x is zero.
    auto const limit = empty_slope * torch::relu(layers - empty_energy);
    auto const kept = layers - torch::relu(layers - limit);
    return torch::max(kept, least_energies().to(layers.device()));
}

torch::Tensor EnergyHeadImpl::least_energies() const
{
    auto least = torch::zeros({geometry_.layers()});
    least[geometry_.certain_layer] = certain_energy;
    return least;
}

EnergyHeadImpl::Affine EnergyHeadImpl::affine(Coupling const& coupling,
                                              torch::Tensor const& numbers,
                                              torch::Tensor const& features) const
{
    auto first = coupling.first;
    auto second = coupling.second;
    auto scale = coupling.scale;
    auto shift = coupling.shift;
    auto const free = 1.0 - coupling.mask;
    auto hiddens = torch::leaky_relu(
        first->forward(torch::cat({numbers * coupling.mask, features}, 1)), leaky_slope);
    hiddens = torch::leaky_relu(second->forward(hiddens), leaky_slope);
    return {.log_scale = scale_bound * torch::tanh(scale->forward(hiddens)) * free,
            .shift = shift->forward(hiddens) * free};
}

torch::Tensor EnergyHeadImpl::forward(torch::Tensor const& noise, Primary const& primary)
{
    auto const features = describe(primary, geometry_);
    auto const unit_layer = geometry_.unit_layer;
    auto const count = geometry_.layers();
    auto numbers =
        noise * torch::exp(energy_scale_->forward(features)) + energy_shift_->forward(features);
    for (auto const& coupling : couplings_) {
        auto const [log_scale, shift] = affine(coupling, numbers, features);
        numbers = numbers * torch::exp(log_scale) + shift;
    }
    // No multiple and no response exceeds 1; the flow's far tails, of which a long production sees
    // some, must not overflow.
    auto const encoded = torch::exp((numbers * spread_ + mean_).clamp_max(0.0));
    auto const total = encoded.slice(1, 0, 1) * (mev_per_gev * primary.energy.unsqueeze(1));
    auto const unit = torch::full_like(total, unit_share);
    auto const shares = torch::cat(
        {encoded.slice(1, 1, unit_layer + 1), unit, encoded.slice(1, unit_layer + 1, count)}, 1);
    auto const per_share = (total + offset * static_cast<double>(count)) / shares.sum(1, true);
    auto const layers = with_empty_ones(torch::relu(shares * per_share - offset));
    return layers * (total / layers.sum(1, true));
}

EnergyHeadImpl::Origin EnergyHeadImpl::origin_of(torch::Tensor const& encoded,
                                                 Primary const& primary) const
{
    auto scale_of = energy_scale_;
    auto shift_of = energy_shift_;
    auto const features = describe(primary, geometry_);
    auto numbers = (encoded - mean_) / spread_;
    auto log_volume = torch::zeros_like(primary.energy);
    for (auto coupling = couplings_.rbegin(); coupling != couplings_.rend(); ++coupling) {
        auto const [log_scale, shift] = affine(*coupling, numbers, features);
        numbers = (numbers - shift) * torch::exp(-log_scale);
        log_volume = log_volume + log_scale.sum(1);
    }
    auto const log_scale = scale_of->forward(features);
    numbers = (numbers - shift_of->forward(features)) * torch::exp(-log_scale);
    return {.noise = numbers,
            .log_density = -0.5 * numbers.square().sum(1) - log_scale.sum(1) - log_volume};
}

torch::Tensor EnergyHeadImpl::noise_of(torch::Tensor const& encoded, Primary const& primary) const
{
    return origin_of(encoded, primary).noise;
}

torch::Tensor EnergyHeadImpl::log_density(torch::Tensor const& encoded, Primary const& primary)
{
    return origin_of(encoded, primary).log_density;
}

}  // namespace lowcal::training
