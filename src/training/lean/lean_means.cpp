#include "training/lean/lean_means.hpp"

#include "training/lean/depth_roughness.hpp"
#include "training/lean/hit_counts.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace lowcal::training {
namespace {

constexpr double mean_response = 21.0;  ///< MeV per GeV: what profiles are measured in
/// Least spread of a root's half: that of a cell which one shower in 1600 hits.
constexpr double least_spread = 0.01;

constexpr double greatest_deviation = 4.0;  ///< spreads
constexpr double weight_of_axis = 3.0;      ///< beyond that of cells far from it: it has the energy
constexpr double least_deviation_spread = 0.05;  ///< that of a cell known in one shower of 400

/// MeV; the last bin is open. Narrow where hits of single particles set in. Hits at silicon's K
/// edge (1.844 keV) have no gradient, so that no bin may hold them alone.
constexpr std::array<double, 20> spectrum_edges{0.0005, 0.0025, 0.005, 0.01,  0.02, 0.04, 0.07,
                                                0.1,    0.125,  0.15,  0.175, 0.2,  0.25, 0.32,
                                                0.4,    0.63,   1.0,   2.5,   8.0,  30.0};
constexpr double edge_blur = 0.04;  ///< of the root, in roots of the edge
constexpr double least_edge_blur = 0.01;
constexpr double any_hit = 0.001;      ///< MeV: an edge below Geant4's cut counts all hits
constexpr double any_hit_blur = 0.03;  ///< as wide as the step that LeanShapes have there
constexpr double root_spread = 0.5;    ///< of a root of a count (Anscombe, Biometrika 35, 1948)

constexpr double few_hits_energy = 4.0;  ///< GeV

enum class EntrySymmetry { kept, averaged };

torch::Tensor weighted_means(torch::Tensor const& values, MeansInput const& input,
                             EntrySymmetry symmetry)
{
    auto const energy = input.primary.energy / input.geometry.energy_unit;
    auto const x = torch::log(energy / 31.6) / 2.76;
    auto const x2 = x.square();
    std::vector<torch::Tensor> weights{torch::ones_like(x), x, (3.0 * x2 - 1.0) / 2.0,
                                       (5.0 * x2 - 3.0) * x / 2.0,
                                       4.0 / (1.0 + (energy / few_hits_energy).square())};
    if (input.entry.defined()) {
        weights.push_back(1.5 * input.entry.square().sum(1) - 1.0);
        if (symmetry == EntrySymmetry::kept) {
            weights.push_back(input.entry.select(1, 0));
            weights.push_back(input.entry.select(1, 1));
        }
    }
    if (input.primary.conditions.defined())
        for (auto const& condition : input.primary.conditions.unbind(1))
            weights.push_back(condition);
    return torch::stack(weights).mm(values.flatten(1)) / static_cast<double>(energy.size(0));
}

/// Of images [N, c, x, y], [N, 2 c, x, y].
torch::Tensor with_squares(torch::Tensor const& images)
{
    return torch::cat({images, images.square()}, 1);
}

/// Deviations in depth near the axis, outliers compressed.
torch::Tensor limited_deviations(torch::Tensor const& roots, ShowerGeometry const& geometry)
{
    auto const near = geometry.near_axis(roots);
    auto const deviation = depth_roughness(near * near * near).deviation;
    return greatest_deviation * torch::tanh(deviation / greatest_deviation);
}

torch::Tensor symmetric_spread(torch::Tensor const& images, double least,
                               ShowerGeometry const& geometry)
{
    auto const variance = images.var(0).unsqueeze(0);
    return (geometry.is_square() ? symmetrised(variance) : variance)
        .squeeze(0)
        .sqrt()
        .clamp_min(least);
}

/// Means of images [N, c, x, y], scaled.
torch::Tensor scaled_means(torch::Tensor const& images, MeansInput const& input,
                           torch::Tensor const& spread)
{
    auto const means = weighted_means(images, input, EntrySymmetry::averaged)
                           .view({-1, images.size(1), images.size(2), images.size(3)});
    bool const square = input.sample == Sample::real && input.geometry.is_square();
    return (square ? symmetrised(means) : means) /
           (spread * std::sqrt(static_cast<double>(spread.numel()) / 2.0));
}

}  // namespace

torch::Tensor beyond_usual(torch::Tensor const& roots, torch::Tensor const& layers,
                           torch::Tensor const& usual)
{
    return roots - usual * torch::pow(layers, 1.0 / 3.0).unsqueeze(2).unsqueeze(3);
}

torch::Tensor depth_spread(torch::Tensor const& roots, ShowerGeometry const& geometry)
{
    return symmetric_spread(with_squares(limited_deviations(roots, geometry)),
                            least_deviation_spread, geometry);
}

torch::Tensor depth_means(MeansInput const& input, torch::Tensor const& spread)
{
    auto const& geometry = input.geometry;
    auto const distance = geometry.near_axis(geometry.squared_distance().to(spread.device()));
    auto const weight = 1.0 + weight_of_axis / (1.0 + distance);
    return weight *
           scaled_means(with_squares(limited_deviations(input.roots, geometry)), input, spread);
}

torch::Tensor image_spread(torch::Tensor const& residuals, ShowerGeometry const& geometry)
{
    return symmetric_spread(with_squares(0.5 * residuals), least_spread, geometry);
}

torch::Tensor image_means(torch::Tensor const& residuals, MeansInput const& input,
                          torch::Tensor const& spread)
{
    return scaled_means(with_squares(0.5 * residuals), input, spread);
}

torch::Tensor profile_means(MeansInput const& input)
{
    auto const& roots = input.roots;
    auto const plane = (roots * roots * roots).sum(1) / input.primary.energy.view({-1, 1, 1});
    std::array profiles{plane.sum(2) * (static_cast<double>(roots.size(2)) / mean_response),
                        plane.sum(1) * (static_cast<double>(roots.size(3)) / mean_response)};
    if (input.sample == Sample::real && input.geometry.is_square()) {
        for (auto& profile : profiles) profile = (profile + profile.flip({1})) / 2.0;
        profiles.fill((profiles[0] + profiles[1]) / 2.0);
    }
    auto const weighted = [&](torch::Tensor const& profile) {
        auto const cells = profile.size(1);
        auto const axis =
            torch::arange(cells, roots.options()) - 0.5 * static_cast<double>(cells - 1);
        return profile * (1.0 + 0.25 * axis.square());
    };
    return weighted_means(torch::cat({weighted(profiles[0]), weighted(profiles[1])}, 1), input,
                          EntrySymmetry::averaged) /
           std::sqrt(static_cast<double>(roots.size(2) + roots.size(3)));
}

torch::Tensor spectrum_means(MeansInput const& input)
{
    std::vector<HitThreshold> edges;
    for (double const edge : spectrum_edges)
        edges.push_back({edge, edge < any_hit
                                   ? any_hit_blur
                                   : std::max(least_edge_blur, edge_blur * std::cbrt(edge))});
    auto const above = count_hits(input.roots, edges).sum(1);
    auto const counts = torch::cat({above, torch::zeros_like(above.slice(1, 0, 1))}, 1);
    auto const bins = static_cast<std::int64_t>(spectrum_edges.size());
    auto const inside = counts.slice(1, 0, bins) - counts.slice(1, 1, bins + 1);
    auto const roots = torch::sqrt(inside.clamp_min(0.0) + 3.0 / 8.0) / root_spread;
    return weighted_means(roots, input, EntrySymmetry::averaged) /
           std::sqrt(static_cast<double>(bins));
}

torch::Tensor feature_products(torch::Tensor const& features)
{
    return features.t().mm(features) / (static_cast<double>(features.size(0)) *
                                        std::sqrt(static_cast<double>(features.size(1))));
}

torch::Tensor feature_means(torch::Tensor const& features, MeansInput const& input)
{
    auto const both = torch::cat({features, features.square()}, 1);
    return weighted_means(both, input, EntrySymmetry::kept) /
           std::sqrt(static_cast<double>(features.size(1)));
}

}  // namespace lowcal::training
