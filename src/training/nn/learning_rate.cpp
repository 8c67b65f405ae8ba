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
        std::int64_t fall = 1;
        while (fall < schedule.falls && step >= end_of_fall(schedule, fall)) ++fall;
        auto const first = end_of_fall(schedule, fall - 1);
        auto const length = end_of_fall(schedule, fall) - first;
        auto const done =
            std::min(1.0, static_cast<double>(step - first) / static_cast<double>(length));
        share = last_share + (1.0 - last_share) * 0.5 * (1.0 + std::cos(std::numbers::pi * done));
    }
    if (step < schedule.ramp_steps)
        share *= (steps + 1.0) / static_cast<double>(schedule.ramp_steps);
    return share;
}

std::int64_t end_of_fall(RateSchedule const& schedule, std::int64_t number)
{
    return schedule.decay_steps * number / schedule.falls;
}

}  // namespace lowcal::training
