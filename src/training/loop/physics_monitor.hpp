#pragma once

#include "core/detector/energy_bin.hpp"
#include "training/shower_set.hpp"

#include <functional>
#include <vector>

namespace lowcal::training {

/// Mean and spread of something, candidate over reference.
struct SpreadRatio {
    double mean = 0;  ///< 1 is right
    double rms = 0;   ///< 1 is right
};

/// Of the sampling fraction in one energy bin.
struct SamplingFractionRatio : SpreadRatio {
    EnergyBin bin{};
    std::int64_t count = 0;
};

/// The physics that a training watches.
struct PhysicsFigures {
    double shape_mse = 0;  ///< mean over the bins of the three profiles, docs/observables.md
    std::vector<SamplingFractionRatio> sampling_fraction;  ///< detector's bins, low energies
    std::vector<double> hits{};  ///< mean number above each threshold, candidate over reference
    /// Of the energy's standard deviation along the two axes beside depth, shower by shower.
    SpreadRatio width;
};

/// Makes showers for primaries: [N, axes in memory] in the image's unit, on the CPU.
using ShowerMaker = std::function<torch::Tensor(Primary const& primary)>;

/// The bins of sampling fractions: the detector's, then low energies where it has them.
std::vector<EnergyBin> monitored_bins(Detector const& detector);

/// Compares a generator with showers kept out of the training, at their primary energies, in
/// the bins and with the thresholds of their detector.
class PhysicsMonitor {
public:
    explicit PhysicsMonitor(ShowerSet reference) : reference_(std::move(reference)) {}
    Detector const& detector() const { return reference_.geometry.detector; }
    /// Seeds LibTorch's global generator: the same latents at every call.
    PhysicsFigures operator()(ShowerMaker const& make_showers) const;

private:
    ShowerSet reference_;
};

}  // namespace lowcal::training
