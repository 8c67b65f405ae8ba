#pragma once

#include "core/detector/energy_bin.hpp"
#include "data/reading/shower_reader.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace lowcal::data {

/// The showers of one range of primary energies.
struct BinSummary {
    EnergyBin bin{};
    std::size_t count = 0;
    double mean_sampling_fraction = 0;  ///< mean of (sum of cells) / (primary energy)
    double rms_sampling_fraction = 0;   ///< standard deviation of the same
    double mean_hits = 0;               ///< mean number of cells with energy
};

/// What a shower file holds.
struct ShowerSummary {
    ReadReport report;
    std::size_t showers_in_file = 0;      ///< bad ones included
    double lowest_energy = 0;             ///< smallest primary energy, GeV
    double highest_energy = 0;            ///< largest primary energy, GeV
    double mean_energy = 0;               ///< GeV
    double largest_cell = 0;              ///< GeV
    double mean_monte_carlo_seconds = 0;  ///< CPU seconds a shower; 0 where the file has none
    BinSummary all;                       ///< all showers, also those outside the bins
    BinSummary low_energy;                ///< Detector::low_energies; empty where there are none
    std::vector<BinSummary> bins;         ///< Detector::energy_bins, in that order
};

/// Reads a whole file block by block and sums it up, in the bins of `detector`; `progress`, where
/// given, is told the number of showers done. Throws InputError as ShowerReader::read does.
ShowerSummary summarise(ShowerReader& reader, Detector const& detector,
                        std::function<void(std::size_t)> const& progress = {});

}  // namespace lowcal::data
