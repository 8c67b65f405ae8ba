#pragma once

#include "core/detector/detector.hpp"

#include <string>
#include <vector>

namespace lowcal::physics {

/// The bins of every table: the detector's own, which share the energies among them, then its low
/// energies, which overlap the first; without what the detector does not know.
std::vector<EnergyBin> reported_bins(Detector const& detector);

/// All primary energies.
EnergyBin all_energies();

/// The reported bins, then all energies.
std::vector<EnergyBin> statistics_bins(Detector const& detector);

/// The upper edge as it was stated: the last bin of a detector ends a last bit above it, so that it
/// includes its edge.
double upper_edge(EnergyBin const& bin);

/// "100 - 200" in GeV, four digits; "all".
std::string bin_text(EnergyBin const& bin);

}  // namespace lowcal::physics
