#pragma once

#include "core/detector/energy_bin.hpp"
#include "physics/shower_table.hpp"
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
    double shape_mse = 0;  ///< physics::shape_mse of the mean profiles
    std::vector<SamplingFractionRatio> sampling_fraction;  ///< in physics::reported_bins
    std::vector<double> hits{};  ///< mean number above each threshold, candidate over reference
    /// Of the energy's width in both transverse directions, shower by shower.
    SpreadRatio width;
};

/// Makes showers for primaries: [N, axes in memory] in the image's unit, on the CPU.
using ShowerMaker = std::function<torch::Tensor(Primary const& primary)>;

/// Compares a generator with showers kept out of the training, at their primary energies, by the
/// observables of every other table (docs/observables.md), in the bins and with the thresholds of
/// their detector.
class PhysicsMonitor {
public:
    explicit PhysicsMonitor(ShowerSet reference);
    Detector const& detector() const { return reference_.set().detector(); }
    /// Seeds LibTorch's global generator: the same latents at every call.
    PhysicsFigures operator()(ShowerMaker const& make_showers) const;

private:
    Primary primaries_;
    physics::ShowerTable reference_;
};

}  // namespace lowcal::training
