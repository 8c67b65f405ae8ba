#pragma once

#include "data/reading/shower_reader.hpp"

#include <span>
#include <string>

namespace lowcal::data {

/// A detector with nothing missing, and what was derived, in one sentence; empty where nothing was.
struct DerivedDetector {
    Detector detector;
    std::string remark;
};

/// Completes the reader's detector from its showers: the range of primary energies; six bins of
/// reports, equal in log E; the lowest fifth of a wide range (in log E) as low energies; hit
/// thresholds at zero and at the cells' quantiles of 10, 50 and 90 %. All are rounded to two
/// digits, so that files of one kind give one detector. Reads all energies and at most a thousand
/// showers. Throws InputError as ShowerReader does.
DerivedDetector complete_detector(ShowerReader& reader);
/// The same of another description of the reader's cells.
DerivedDetector complete_detector(ShowerReader& reader, Detector detector);

/// The range of these primary energies, GeV, rounded outwards to two digits.
EnergyBin energy_range(std::span<float const> energies);

}  // namespace lowcal::data
