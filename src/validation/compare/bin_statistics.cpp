#include "validation/compare/bin_statistics.hpp"

#include "core/sample_moments.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace lowcal::validation {
namespace {

struct BinValues {
    std::vector<double> values;
    std::vector<double> energies;
};

BinValues values_and_energies_in(physics::ShowerTable const& sample, std::size_t observable,
                                 EnergyBin const& bin)
{
    BinValues found;
    auto const values = sample.values(observable);
    for (std::size_t shower = 0; shower < sample.count(); ++shower) {
        auto const energy = static_cast<double>(sample.primary_energy()[shower]);
        if (!bin.contains(energy) || std::isnan(values[shower])) continue;
        found.values.push_back(values[shower]);
        found.energies.push_back(energy);
    }
    return found;
}

void draw_replicas(std::span<double const> values, Resampler const& resample,
                   ReplicatedStatistic& statistic)
{
    std::vector<std::uint32_t> drawn(values.size());
    std::vector<double> replica(values.size());
    for (std::size_t i = 0; i < statistic.means.size(); ++i) {
        resample(i, drawn);
        std::transform(drawn.begin(), drawn.end(), replica.begin(),
                       [&](auto shower) { return values[shower]; });
        statistic.means[i] = mean_of(replica);
        statistic.rms[i] = deviation_of(replica);
    }
    statistic.result.mean_error = deviation_of(statistic.means);
    statistic.result.rms_error = deviation_of(statistic.rms);
}

}  // namespace

ReplicatedStatistic replicate(physics::ShowerTable const& sample, std::size_t observable,
                              BinDraws const& draws, BootstrapConfig const& config)
{
    auto const [values, energies] = values_and_energies_in(sample, observable, draws.bin);
    ReplicatedStatistic statistic;
    statistic.result.count = values.size();
    statistic.result.mean_energy = mean_of(energies);
    statistic.result.mean = mean_of(values);
    statistic.result.rms = deviation_of(values);
    if (values.size() < 2) return statistic;
    statistic.means.resize(config.replicas);
    statistic.rms.resize(config.replicas);
    Resampler const resample({.seed = config.seed, .role = draws.role, .quantity = draws.quantity});
    draw_replicas(values, resample, statistic);
    return statistic;
}

}  // namespace lowcal::validation
