#pragma once

#include "core/calorimeter.hpp"
#include "training/networks.hpp"
#include "training/shower_set.hpp"

#include <array>
#include <string>
#include <vector>

namespace lowcal::training {

/// Mean and spread of the sampling fraction in one energy bin, candidate over reference.
struct SamplingFractionRatio {
    EnergyBin bin{};
    std::int64_t count = 0;
    double mean = 0;  ///< 1 is right
    double rms = 0;   ///< 1 is right
};

/// The physics that a training watches.
struct PhysicsFigures {
    double shape_mse = 0;  ///< mean over the 75 bins of the three profiles, docs/observables.md
    std::vector<SamplingFractionRatio> sampling_fraction;  ///< six bins, then 2-10 GeV
    /// Shape MSE in units of 0.06 plus the worst bin's shift of the mean in units of 3 %: what the
    /// choice of the best network minimises.
    double score() const;
};

/// Compares a generator with showers kept out of the training, at their primary energies.
class PhysicsMonitor {
public:
    explicit PhysicsMonitor(ShowerSet reference) : reference_(std::move(reference)) {}
    PhysicsFigures operator()(Generator& generator, torch::Device device,
                              TrainingPrecision precision) const;

private:
    ShowerSet reference_;
};

}  // namespace lowcal::training
