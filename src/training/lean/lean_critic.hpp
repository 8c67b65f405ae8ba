#pragma once

#include "training/lean/lean_networks.hpp"

#include <torch/nn/modules/conv.h>

namespace lowcal::training {

/// What a batch of showers is compared by beside its cells, differentiable in the roots: for each
/// layer and for the whole shower the numbers of hits above four thresholds, lateral moments and
/// core shares, for each two layers how hits above 0.05 MeV and the central cell's share differ,
/// for each three how cells at four distances from the axis differ from their neighbours in depth,
/// and for the whole shower hits above twenty more thresholds, the lateral profiles, pairs of
/// neighbouring hits and how much neighbouring cells differ. [N, features]
torch::Tensor shower_features(torch::Tensor const& roots, ShowerGeometry const& geometry);

/// How many of them there are: first those of layers, then those of the whole shower.
struct FeatureCounts {
    explicit FeatureCounts(ShowerGeometry const& geometry)
        : roughness(8 * (geometry.layers() - 2)),
          layers(10 * geometry.layers() + 2 * (geometry.layers() - 1) + roughness),
          whole_shower(39 + geometry.rows() + geometry.columns())
    {
    }
    std::int64_t roughness;
    std::int64_t layers;
    std::int64_t whole_shower;
    std::int64_t all() const { return layers + whole_shower; }
};

/// Functions of the entry point [N, 2] and the primary energy (geometry's unit) by which shares and
/// moments of a shower vary: odd and even powers, and how they change with log E. [N,
/// entry_features]
torch::Tensor describe_entry(torch::Tensor const& entry, torch::Tensor const& energy);
inline constexpr std::int64_t entry_features = 13;
/// Numbers that say what a shower is made for: of the primary, its layers, its entry point.
inline std::int64_t condition_count(ShowerGeometry const& geometry)
{
    return energy_features + geometry.condition_count() + geometry.layers() + entry_features;
}

/// Takes from features what primary and layer energies say about them, by linear regression over
/// training showers, and divides the rest by its spread for these energies, a regression of its
/// logarithm: what is left are the fluctuations that a shape network has to get right, at 500 GeV,
/// where they are smallest, as well as at 2. Outliers are compressed (asinh) but never cut off: a
/// generator that makes showers far too wide must feel it.
class FeatureScale {
public:
    /// `conditions` [N, c], `features` [N, features]
    FeatureScale(torch::Tensor const& conditions, torch::Tensor const& features);
    torch::Tensor operator()(torch::Tensor const& conditions, torch::Tensor const& features) const;

private:
    torch::Tensor slopes_;      ///< [c + 1, features]
    torch::Tensor log_slopes_;  ///< [c + 1, features], of log squared rests
    torch::Tensor scale_;       ///< [features]

    torch::Tensor spread(torch::Tensor const& conditions) const;
};

/// Tells real showers from made ones, given primary and layer energies: [N] logits.
///
/// Sees cube roots of cells, and what they are beyond what their layers' energies say, through
/// strided convolutions, the deviation among four showers of the
/// batch (Karras et al., arXiv:1710.10196), which betrays a generator that makes always the same,
/// and the scaled features.
class LeanCriticImpl : public torch::nn::Module {
public:
    explicit LeanCriticImpl(ShowerGeometry const& geometry);

    struct Input {
        torch::Tensor roots;       ///< [N, z, x, y]
        torch::Tensor residuals;   ///< see beyond_usual, [N, z, x, y]
        torch::Tensor conditions;  ///< [N, condition_count], of the primary, layers and entry point
        torch::Tensor features;    ///< [N, features], scaled
    };
    torch::Tensor forward(Input const& input, TrainingPrecision precision);

    static constexpr std::int64_t group = 4;  ///< showers whose deviation is seen; divides a batch

private:
    std::vector<torch::nn::Conv2d> convolutions_;
    Dense image_dense_{nullptr};
    Dense feature_dense_{nullptr};
    Dense feature_dense2_{nullptr};
    Dense logit_{nullptr};
};
TORCH_MODULE(LeanCritic);

}  // namespace lowcal::training
