#pragma once

#include <torch/optim/optimizer.h>

#include <cstdint>

namespace lowcal::training {

/// How learning rates rise and fall over a training.
struct RateSchedule {
    std::int64_t ramp_steps = 0;   ///< steps over which they rise linearly to their values
    std::int64_t decay_steps = 0;  ///< step by which they have fallen to 2 %; 0: never
    std::int64_t falls = 1;        ///< how often they fall until then, each time from their values
};

/// The share of its full value that a learning rate has in this step (the first is 0): the product
/// of the ramp, (step + 1) / ramp_steps up to 1, and of half a cosine from 1 to 2 % at
/// `decay_steps`, where it stays; of several falls, of as many such cosines (Loshchilov and Hutter,
/// arXiv:1608.03983).
double rate_share(RateSchedule const& schedule, std::int64_t step);

/// The step at which the fall of this number ends, 1 to `falls`.
std::int64_t end_of_fall(RateSchedule const& schedule, std::int64_t number);

/// Sets the learning rate of all of an optimiser's parameters.
template <class Options>
void set_rate(torch::optim::Optimizer& optimiser, double rate)
{
    for (auto& group : optimiser.param_groups()) static_cast<Options&>(group.options()).lr(rate);
}

}  // namespace lowcal::training
