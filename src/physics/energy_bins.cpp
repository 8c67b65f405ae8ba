#include "physics/energy_bins.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace lowcal::physics {
namespace {

std::string edge_text(double edge)
{
    return edge < 1000 ? fmt::format("{:.4g}", edge) : fmt::format("{:.0f}", edge);
}

}  // namespace

std::vector<EnergyBin> reported_bins(Detector const& detector)
{
    auto bins = detector.energy_bins();
    if (!detector.low_energies.empty()) bins.push_back(detector.low_energies);
    return bins;
}

EnergyBin all_energies()
{
    return {0.0, std::numeric_limits<double>::infinity()};
}

std::vector<EnergyBin> statistics_bins(Detector const& detector)
{
    auto bins = reported_bins(detector);
    bins.push_back(all_energies());
    return bins;
}

double upper_edge(EnergyBin const& bin)
{
    if (!std::isfinite(bin.high)) return bin.high;
    double const below = std::nextafter(bin.high, 0.0);
    // What people write has few digits: of the two neighbours the one with the shorter text.
    return fmt::format("{}", below).size() < fmt::format("{}", bin.high).size() ? below : bin.high;
}

std::string bin_text(EnergyBin const& bin)
{
    if (std::isinf(bin.high)) return "all";
    return edge_text(bin.low) + " - " + edge_text(upper_edge(bin));
}

}  // namespace lowcal::physics
