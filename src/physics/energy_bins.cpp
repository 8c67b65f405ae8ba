#include "physics/energy_bins.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace lowcal::physics {

std::vector<EnergyBin> reported_bins()
{
    std::vector<EnergyBin> bins(energy_bins.begin(), energy_bins.end());
    bins.push_back(low_energy_bin);
    return bins;
}

EnergyBin all_energies()
{
    return {0.0, std::numeric_limits<double>::infinity()};
}

std::vector<EnergyBin> statistics_bins()
{
    auto bins = reported_bins();
    bins.push_back(all_energies());
    return bins;
}

std::string bin_text(EnergyBin const& bin)
{
    if (std::isinf(bin.high)) return "all";
    return fmt::format("{:.0f} - {:.0f}", bin.low, bin.high);
}

}  // namespace lowcal::physics
