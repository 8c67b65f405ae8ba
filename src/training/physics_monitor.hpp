#pragma once

#include "core/calorimeter.hpp"
#include "training/shower_set.hpp"

#include <array>
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

/// Thresholds above which hit cells are counted, MeV (docs/observables.md).
inline constexpr std::array<double, 4> hit_thresholds{0.0, 0.05, 0.15, 1.5};

/// The physics that a training watches.
struct PhysicsFigures {
    double shape_mse = 0;  ///< mean over the 75 bins of the three profiles, docs/observables.md
    std::vector<SamplingFractionRatio> sampling_fraction;  ///< six bins, then 2-10 GeV
    std::array<double, hit_thresholds.size()> hits{};  ///< mean number, candidate over reference
    SpreadRatio width;  ///< of the energy's standard deviation in x and in y, shower by shower
};

/// Makes showers for primary energies (GeV, [N]): [N, x, y, z] in the image's unit, on the CPU.
using ShowerMaker = std::function<torch::Tensor(torch::Tensor const& energy)>;

/// Compares a generator with showers kept out of the training, at their primary energies.
class PhysicsMonitor {
public:
    explicit PhysicsMonitor(ShowerSet reference) : reference_(std::move(reference)) {}
    /// Seeds LibTorch's global generator: the same latents at every call.
    PhysicsFigures operator()(ShowerMaker const& make_showers) const;

private:
    ShowerSet reference_;
};

}  // namespace lowcal::training
