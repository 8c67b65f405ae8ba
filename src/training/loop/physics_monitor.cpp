#include "training/loop/physics_monitor.hpp"

#include "core/sample_moments.hpp"
#include "physics/energy_bins.hpp"
#include "physics/shape_mse.hpp"
#include "training/architecture.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace lowcal::training {
namespace {

using physics::ObservableInfo;
using physics::ObservableKind;
using physics::ShowerTable;

constexpr std::int64_t at_once = 32;  ///< showers, made and observed

/// Rows of a tensor that may not be there.
torch::Tensor some_of(torch::Tensor const& all, std::int64_t first)
{
    return all.defined() ? all.slice(0, first, first + at_once) : all;
}

/// Adds showers [N, axes in memory] in the image's unit.
void add_to(ShowerTable& table, torch::Tensor const& cells, torch::Tensor const& energy)
{
    auto const in_gev = (cells.to(torch::kFloat32) / image_scale).contiguous();
    auto const primaries = energy.to(torch::kFloat32).contiguous();
    data::ShowerBlock block;
    block.cells.assign(in_gev.data_ptr<float>(), in_gev.data_ptr<float>() + in_gev.numel());
    block.primary_energy.assign(primaries.data_ptr<float>(),
                                primaries.data_ptr<float>() + primaries.numel());
    table.add(block);
}

/// Of the showers in a bin, those that have one.
std::vector<double> values_in(ShowerTable const& table, std::size_t observable,
                              EnergyBin const& bin)
{
    std::vector<double> chosen;
    auto const values = table.values(observable);
    auto const energies = table.primary_energy();
    for (std::size_t i = 0; i < values.size(); ++i)
        if (bin.contains(energies[i]) && !std::isnan(values[i])) chosen.push_back(values[i]);
    return chosen;
}

/// Of all observables of a kind, together.
std::vector<double> values_of(ShowerTable const& table, ObservableKind kind)
{
    std::vector<double> chosen;
    auto const observables = table.set().observables();
    for (std::size_t i = 0; i < observables.size(); ++i) {
        if (observables[i].kind != kind) continue;
        auto const some = values_in(table, i, physics::all_energies());
        chosen.insert(chosen.end(), some.begin(), some.end());
    }
    return chosen;
}

SpreadRatio spread_ratio(std::vector<double> const& candidate, std::vector<double> const& reference)
{
    return {.mean = mean_of(candidate) / mean_of(reference),
            .rms = deviation_of(candidate) / deviation_of(reference)};
}

}  // namespace

PhysicsMonitor::PhysicsMonitor(ShowerSet reference)
    : primaries_{.energy = reference.energy, .conditions = reference.conditions},
      reference_(reference.geometry.detector)
{
    for (std::int64_t first = 0; first < reference.count(); first += at_once)
        add_to(reference_, some_of(reference.cells, first), some_of(reference.energy, first));
}

PhysicsFigures PhysicsMonitor::operator()(ShowerMaker const& make_showers) const
{
    torch::NoGradGuard const no_gradient;
    torch::manual_seed(20211);  // the same latents at every call: differences are the network's
    ShowerTable candidate(reference_.shared_set());
    for (std::int64_t first = 0; first < primaries_.energy.size(0); first += at_once) {
        Primary const some{.energy = some_of(primaries_.energy, first),
                           .conditions = some_of(primaries_.conditions, first)};
        add_to(candidate, make_showers(some), some.energy);
    }

    PhysicsFigures figures;
    figures.shape_mse =
        physics::shape_mse(physics::mean_profiles(candidate), physics::mean_profiles(reference_),
                           reference_.set().profile_axes());
    figures.width = spread_ratio(values_of(candidate, ObservableKind::transverse_width),
                                 values_of(reference_, ObservableKind::transverse_width));
    auto const observables = reference_.set().observables();
    for (std::size_t i = 0; i < observables.size(); ++i)
        if (observables[i].kind == ObservableKind::hits)
            figures.hits.push_back(mean_of(candidate.values(i)) / mean_of(reference_.values(i)));
    for (auto const& bin : physics::reported_bins(detector())) {
        SamplingFractionRatio ratio;
        ratio.bin = bin;
        auto const truth = values_in(reference_, physics::sampling_fraction, bin);
        ratio.count = static_cast<std::int64_t>(truth.size());
        if (ratio.count > 1)
            static_cast<SpreadRatio&>(ratio) =
                spread_ratio(values_in(candidate, physics::sampling_fraction, bin), truth);
        figures.sampling_fraction.push_back(ratio);
    }
    return figures;
}

}  // namespace lowcal::training
