#pragma once

#include "training/layer_stack.hpp"

namespace lowcal::training {

inline constexpr std::int64_t shower_layers = 25;  ///< along the beam
inline constexpr std::int64_t energy_features = 3;

/// What the lean networks are told of a primary energy (GeV, [N]): [N, 3], each of order one over
/// 2-500 GeV.
torch::Tensor describe_energy(torch::Tensor const& energy);

/// Draws the energies of the 25 layers given the primary energy: a conditional normalising flow.
///
/// Standard normal noise becomes log(visible energy / primary energy) and 24 log ratios of layers
/// by a scale and shift that depend on the energy alone, eight affine couplings (Dinh et al.,
/// arXiv:1605.08803) and a whitening of the training showers. Trained by maximum likelihood.
class EnergyHeadImpl : public torch::nn::Module {
public:
    EnergyHeadImpl();

    /// Noise [N, 25] and primary energies (GeV, [N]) -> layer energies [N, 25] in MeV.
    torch::Tensor forward(torch::Tensor const& noise, torch::Tensor const& energy);
    /// The noise that these encoded layer energies come from: standard normal for real showers.
    torch::Tensor noise_of(torch::Tensor const& encoded, torch::Tensor const& energy) const;
    /// Logarithm of the density at encoded layer energies, up to a constant: [N].
    torch::Tensor log_density(torch::Tensor const& encoded, torch::Tensor const& energy);

    /// Layer energies (MeV) as the flow sees them, before the whitening: [N, 25].
    static torch::Tensor encode(torch::Tensor const& layers, torch::Tensor const& energy);
    /// The same with empty layers spread below what a layer with energy can be: all of that means
    /// an empty layer. A flow cannot make a spike, and would put layers of next to no energy around
    /// it.
    static torch::Tensor encode_spread(torch::Tensor const& layers, torch::Tensor const& energy);
    /// Layer energies (MeV, [N, 25]) without those under `empty_energy`, and with a first layer.
    static torch::Tensor with_empty_ones(torch::Tensor const& layers);
    /// What a layer has at least, MeV: [25].
    static torch::Tensor least_energies();
    /// Sets the whitening to the mean and spread of these encoded showers.
    void whiten(torch::Tensor const& encoded);

    static constexpr std::int64_t couplings = 8;
    static constexpr std::int64_t hidden = 64;
    /// The layer that the other 24 are compared with: near the shower's maximum, hardly ever empty.
    static constexpr std::int64_t unit_layer = 9;
    /// The others' multiples of it are given in this unit, so that none exceeds 1; where that layer
    /// is nearly empty, they are cut off there.
    static constexpr double unit_share = 0.01;
    /// MeV, added to all layers before they are compared: layers without energy stay finite. Half
    /// of what a particle leaves in silicon: less is rare, and nothing is common.
    static constexpr double offset = 0.04;
    /// MeV: layers with less count as empty, and become so. Few of Geant4's have less, while the
    /// flow leaves some between those that are empty and those that a particle went through.
    static constexpr double empty_energy = 0.06;
    /// MeV, at least, in the first layer, which every primary goes through; a particle leaves this.
    static constexpr double first_layer_energy = 0.12;
    /// Of the line by which a layer comes back above `empty_energy`.
    static constexpr double empty_slope = 1000.0;
    static constexpr double empty_spread = 1.5;  ///< of the logarithms of empty layers

    /// Bound on a coupling's log scale, which keeps a single one from overflowing.
    static constexpr double scale_bound = 1.5;

    /// One coupling: shifts and scales the numbers outside `mask` by a function of those inside.
    struct Coupling {
        torch::Tensor mask;     ///< [25], 1: passes and conditions
        Dense first{nullptr};   ///< [25 + 3] -> hidden
        Dense second{nullptr};  ///< hidden -> hidden
        Dense scale{nullptr};   ///< hidden -> 25
        Dense shift{nullptr};   ///< hidden -> 25
    };
    std::vector<Coupling> const& layers() const { return couplings_; }
    Dense const& energy_scale() const { return energy_scale_; }
    Dense const& energy_shift() const { return energy_shift_; }
    torch::Tensor const& mean() const { return mean_; }
    torch::Tensor const& spread() const { return spread_; }

private:
    Dense energy_scale_{nullptr};  ///< log scale of the noise, from the energy alone
    Dense energy_shift_{nullptr};
    std::vector<Coupling> couplings_;
    torch::Tensor mean_, spread_;  ///< [25], whitening

    struct Origin {
        torch::Tensor noise, log_density;
    };
    Origin origin_of(torch::Tensor const& encoded, torch::Tensor const& energy) const;

    struct Affine {
        torch::Tensor log_scale, shift;  ///< [N, 25], zero inside the mask
    };
    Affine affine(Coupling const& coupling, torch::Tensor const& numbers,
                  torch::Tensor const& features) const;
};
TORCH_MODULE(EnergyHead);

}  // namespace lowcal::training
