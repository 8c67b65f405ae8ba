#pragma once

namespace lowcal {

/// Half-open range of primary energies in GeV.
struct EnergyBin {
    double low = 0;
    double high = 0;

    bool contains(double energy) const { return energy >= low && energy < high; }
    bool empty() const { return !(low < high); }
    bool operator==(EnergyBin const&) const = default;
};

}  // namespace lowcal
