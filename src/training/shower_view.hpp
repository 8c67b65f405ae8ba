#pragma once

#include "training/lean/lean_critic.hpp"
#include "training/lean/lean_means.hpp"
#include "training/shower_set.hpp"

#include <array>
#include <optional>

namespace lowcal::training {

/// A batch of showers as critic and matching see it, differentiable in the roots.
struct ShowerView {
    ShowerGeometry const* geometry = nullptr;
    torch::Tensor roots{};      ///< [N, layers, rows, columns], cube roots of cells in MeV
    torch::Tensor residuals{};  ///< see beyond_usual
    /// The same of sums of 3^3 and of 5^3 cells, every second and every fourth: [N, 13, 13, 13] and
    /// [N, 7, 7, 7].
    std::array<torch::Tensor, 2> coarse{};
    torch::Tensor energy{};      ///< [N], GeV
    torch::Tensor layers{};      ///< [N, layers], MeV: sums of the cells
    torch::Tensor entry{};       ///< [N, 2] as in ShowerSet, or undefined
    torch::Tensor conditions{};  ///< see condition_count
    torch::Tensor features{};    ///< [N, features], beyond what conditions say
    torch::Tensor
        layer_features{};  ///< [N, layers + 1], of layers and their sum, beyond what E says

    LeanCriticImpl::Input for_critic() const
    {
        return {
            .roots = roots, .residuals = residuals, .conditions = conditions, .features = features};
    }
    MeansInput for_means(Sample sample) const
    {
        return {.geometry = *geometry,
                .roots = roots,
                .primary = {.energy = energy},
                .entry = entry,
                .sample = sample};
    }
};

/// Makes views of showers whose layers are their own, as those of the study's networks are. What it
/// compares with (whitenings, usual roots, spreads) comes from training showers.
class ShowerViews {
public:
    /// Seeds LibTorch's global generator: constants depend on `seed` alone.
    ShowerViews(ShowerSet const& showers, std::uint64_t seed, torch::Device device);
    /// `batch` gives energies and entry points.
    ShowerView operator()(torch::Tensor const& roots, Batch const& batch) const;
    torch::Tensor const& image_spread() const { return image_spread_; }
    torch::Tensor const& coarse_spread(std::size_t level) const { return coarse_spread_[level]; }

private:
    ShowerGeometry geometry_;
    LeanShapes whitening_;  ///< for its description of layers alone
    torch::Tensor usual_roots_, image_spread_;
    std::array<torch::Tensor, 2> usual_coarse_, coarse_spread_;
    std::optional<FeatureScale> feature_scale_, layer_scale_;

    ShowerView raw_view(torch::Tensor const& roots, Batch const& batch) const;
};

}  // namespace lowcal::training
