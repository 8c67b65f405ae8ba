#pragma once

#include "training/lean/shower_geometry.hpp"
#include "training/nn/layer_stack.hpp"

namespace lowcal::training {

inline constexpr std::int64_t energy_features = 3;

/// A primary energy (in the geometry's unit, [N]) in numbers of order one: [N, 3].
torch::Tensor describe_energy(torch::Tensor const& energy);

/// What a shower is made for: primary energies (GeV, [N]) and conditions, as the geometry scales
/// them ([N, conditions]; undefined where there are none).
struct Primary {
    torch::Tensor energy{};
    torch::Tensor conditions{};
};

/// What networks are told of primaries: describe_energy, then the conditions. [N, 3 + conditions]
torch::Tensor describe(Primary const& primary, ShowerGeometry const& geometry);

/// Draws the energies of the layers given the primary: a conditional normalising flow.
///
/// Standard normal noise becomes log(visible energy / primary energy) and log ratios of layers
/// by a scale and shift that depend on the primary alone, eight affine couplings (Dinh et al.,
/// arXiv:1605.08803) and a whitening of the training showers. Trained by maximum likelihood.
class EnergyHeadImpl : public torch::nn::Module {
public:
    explicit EnergyHeadImpl(ShowerGeometry const& geometry);

    /// Noise [N, layers] and primaries -> layer energies [N, layers]; like all others here in MeV,
    /// in the geometry's unit.
    torch::Tensor forward(torch::Tensor const& noise, Primary const& primary);
    /// The noise that these encoded layer energies come from: standard normal for real showers.
    torch::Tensor noise_of(torch::Tensor const& encoded, Primary const& primary) const;
    /// Logarithm of the density at encoded layer energies, up to a constant: [N].
    torch::Tensor log_density(torch::Tensor const& encoded, Primary const& primary);

    /// Layer energies as the flow sees them, before the whitening: [N, layers].
    torch::Tensor encode(torch::Tensor const& layers, torch::Tensor const& energy) const;
    /// The same with empty layers spread below what a layer with energy can be: all of that means
    /// an empty layer. A flow cannot make a spike, and would put layers of next to no energy around
    /// it.
    torch::Tensor encode_spread(torch::Tensor const& layers, torch::Tensor const& energy) const;
    /// Layer energies [N, layers] without those under `empty_energy`, and with the certain one.
    torch::Tensor with_empty_ones(torch::Tensor const& layers) const;
    /// What a layer has at least: [layers].
    torch::Tensor least_energies() const;
    ShowerGeometry const& geometry() const { return geometry_; }
    /// Sets the whitening to the mean and spread of these encoded showers.
    void whiten(torch::Tensor const& encoded);

    static constexpr std::int64_t couplings = 8;
    static constexpr std::int64_t hidden = 64;
    /// The others' multiples of the geometry's unit layer are given in this unit, so that none
    /// exceeds 1; where that layer is nearly empty, they are cut off there.
    static constexpr double unit_share = 0.01;
    /// MeV, added to all layers before they are compared: layers without energy stay finite. Half
    /// of what a particle leaves in silicon: less is rare, and nothing is common.
    static constexpr double offset = 0.04;
    /// MeV: layers with less count as empty, and become so. Few of Geant4's have less, while the
    /// flow leaves some between those that are empty and those that a particle went through.
    static constexpr double empty_energy = 0.06;
    /// MeV, at least, in the geometry's certain layer; a particle leaves this.
    static constexpr double certain_energy = 0.12;
    /// Of the line by which a layer comes back above `empty_energy`.
    static constexpr double empty_slope = 1000.0;
    static constexpr double empty_spread = 1.5;  ///< of the logarithms of empty layers

    /// Bound on a coupling's log scale, which keeps a single one from overflowing.
    static constexpr double scale_bound = 1.5;

    /// One coupling: shifts and scales the numbers outside `mask` by a function of those inside.
    struct Coupling {
        torch::Tensor mask;     ///< [layers], 1: passes and conditions
        Dense first{nullptr};   ///< [layers + 3 + conditions] -> hidden
        Dense second{nullptr};  ///< hidden -> hidden
        Dense scale{nullptr};   ///< hidden -> layers
        Dense shift{nullptr};   ///< hidden -> layers
    };
    std::vector<Coupling> const& layers() const { return couplings_; }
    Dense const& energy_scale() const { return energy_scale_; }
    Dense const& energy_shift() const { return energy_shift_; }
    torch::Tensor const& mean() const { return mean_; }
    torch::Tensor const& spread() const { return spread_; }

private:
    ShowerGeometry geometry_;
    Dense energy_scale_{nullptr};  ///< log scale of the noise, from the energy alone
    Dense energy_shift_{nullptr};
    std::vector<Coupling> couplings_;
    torch::Tensor mean_, spread_;  ///< [layers], whitening

    struct Origin {
        torch::Tensor noise, log_density;
    };
    Origin origin_of(torch::Tensor const& encoded, Primary const& primary) const;

    struct Affine {
        torch::Tensor log_scale, shift;  ///< [N, layers], zero inside the mask
    };
    Affine affine(Coupling const& coupling, torch::Tensor const& numbers,
                  torch::Tensor const& features) const;
};
TORCH_MODULE(EnergyHead);

}  // namespace lowcal::training
