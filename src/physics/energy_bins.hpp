#pragma once

#include "core/calorimeter.hpp"

#include <string>
#include <vector>

namespace lowcal::physics {

/// The bins of every table: the six of the core module, then 2-10 GeV, which overlaps the first.
std::vector<EnergyBin> reported_bins();

/// All primary energies.
EnergyBin all_energies();

/// The reported bins, then all energies.
std::vector<EnergyBin> statistics_bins();

/// "100 - 200" in GeV, "all"; the last bin ends at 500.
std::string bin_text(EnergyBin const& bin);

}  // namespace lowcal::physics
