#include "training/nn/learning_rate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lowcal::training {
namespace {

constexpr double last_share = 0.02;

}  // namespace

double rate_share(RateSchedule const& schedule, std::int64_t step)
{
    auto const steps = static_cast<double>(step);
    double share = 1.0;
    if (schedule.decay_steps > 0) {
        auto const done = std::min(1.0, steps / static_cast<double>(schedule.decay_steps));
        share = last_share + (1.0 - last_share) * 0.5 * (1.0 + std::cos(std::numbers::pi * done));
    }
    if (step < schedule.ramp_steps)
        share *= (steps + 1.0) / static_cast<double>(schedule.ramp_steps);
    return share;
}

}  // namespace lowcal::training
