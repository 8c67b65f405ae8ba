#include "training/shower_view.hpp"

#include "training/nn/cell_roots.hpp"
#include "training/nn/step_seed.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

constexpr double layer_offset = 0.02;  ///< MeV per GeV: a root's gradient stays finite

constexpr double least_sum = 1e-3;  ///< MeV, for the same reason

/// Roots of the sums over each layer of the cubes of roots [N, z, x, y]: [N, z, 1, 1].
torch::Tensor layer_roots(torch::Tensor const& roots)
{
    return torch::pow((roots * roots * roots).sum(Axes{2, 3}, true), 1.0 / 3.0);
}

/// Roots of layers' energies per primary energy, and of their sum: [N, 26].
torch::Tensor layer_numbers(torch::Tensor const& layers, torch::Tensor const& energy)
{
    auto const per_energy = layers / energy.unsqueeze(1);
    return torch::pow(torch::cat({per_energy, per_energy.sum(1, true)}, 1) + layer_offset,
                      1.0 / 3.0);
}

/// Roots of sums over cubes of 3 (level 0) or 5 (level 1) cells that overlap by one: their centres
/// are every second or fourth cell, so that they have the symmetries that the cells have.
torch::Tensor coarse_roots(torch::Tensor const& cells, std::size_t level)
{
    std::int64_t const stride = level == 0 ? 2 : 4;
    auto const size = stride + 1;
    auto const means = torch::avg_pool3d(cells.unsqueeze(1), size, stride, stride / 2).squeeze(1);
    auto const volume = static_cast<double>(size * size * size);
    return torch::pow(volume * means + least_sum, 1.0 / 3.0);
}

/// What coarse roots are for a sum over their layer of 1 MeV, least squares of these showers.
torch::Tensor usual_of(torch::Tensor const& roots)
{
    auto const layers = layer_roots(roots);
    return (roots * layers).mean(0) / layers.square().mean(0);
}

}  // namespace

ShowerViews::ShowerViews(ShowerSet const& showers, std::uint64_t seed, torch::Device device)
    : geometry_(showers.geometry), whitening_(showers.geometry)
{
    torch::NoGradGuard const no_gradient;
    torch::manual_seed(step_seed(seed, -3));
    whitening_->to(device);
    auto const batch = draw_for_constants(showers, device);
    auto const roots = roots_of_cells(batch.images);
    whitening_->start_from_showers(roots * roots * roots, batch.energy);
    usual_roots_ = whitening_->base().clone();
    auto const view = raw_view(roots, batch);
    feature_scale_.emplace(view.conditions, view.features);
    layer_scale_.emplace(describe_energy(view.energy), view.layer_features);
    image_spread_ = training::image_spread(view.residuals, geometry_);
    auto const cells = roots * roots * roots;
    for (std::size_t level = 0; level < coarse_spread_.size(); ++level) {
        auto const coarse = coarse_roots(cells, level);
        usual_coarse_[level] = usual_of(coarse);
        coarse_spread_[level] =
            training::image_spread(coarse - usual_coarse_[level] * layer_roots(coarse), geometry_);
    }
}

ShowerView ShowerViews::raw_view(torch::Tensor const& roots, Batch const& batch) const
{
    ShowerView view{.geometry = &geometry_,
                    .roots = roots,
                    .energy = batch.energy,
                    .layers = (roots * roots * roots).sum(Axes{2, 3}),
                    .entry = batch.entry};
    auto const unknown = torch::zeros({batch.energy.size(0), entry_features}, roots.options());
    view.conditions = torch::cat(
        {describe_energy(batch.energy), whitening_->describe_layers(view.layers, batch.energy),
         view.entry.defined() ? describe_entry(view.entry, view.energy) : unknown},
        1);
    view.features = shower_features(roots, geometry_);
    view.layer_features = layer_numbers(view.layers, batch.energy);
    view.residuals = beyond_usual(roots, view.layers + 1e-3, usual_roots_);
    return view;
}

ShowerView ShowerViews::operator()(torch::Tensor const& roots, Batch const& batch) const
{
    auto view = raw_view(roots, batch);
    auto const cells = roots * roots * roots;
    for (std::size_t level = 0; level < view.coarse.size(); ++level) {
        auto const coarse = coarse_roots(cells, level);
        view.coarse[level] = coarse - usual_coarse_[level] * layer_roots(coarse);
    }
    view.features = (*feature_scale_)(view.conditions, view.features);
    view.layer_features = (*layer_scale_)(describe_energy(view.energy), view.layer_features);
    return view;
}

}  // namespace lowcal::training
