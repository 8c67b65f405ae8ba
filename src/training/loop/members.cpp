#include "training/loop/members.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace lowcal::training {

RateSchedule schedule_of(TrainingConfig const& config)
{
    return {.ramp_steps = config.ramp_steps,
            .decay_steps = config.decay_steps,
            .falls = std::max<std::int64_t>(1, config.members)};
}

std::optional<std::int64_t> finished_member(TrainingConfig const& config, std::int64_t steps_done)
{
    // The energy head of lean and fine learns at rates of its own, before all else.
    auto const before = is_ours(config.architecture) ? config.lean.head_steps : 0;
    auto const schedule = schedule_of(config);
    for (std::int64_t member = 1; member <= config.members; ++member)
        if (steps_done - before == end_of_fall(schedule, member)) return member;
    return std::nullopt;
}

std::filesystem::path member_file(std::filesystem::path const& folder, std::int64_t member)
{
    return folder / ("member" + std::to_string(member) + ".pt");
}

void require_members(TrainingConfig const& config)
{
    if (config.members == 0 || config.members <= config.decay_steps) return;
    throw InputError("cannot leave " + std::to_string(config.members) + " members",
                     "the rates fall within " + std::to_string(config.decay_steps) +
                         " steps, once for each member",
                     "give more --decay-steps");
}

}  // namespace lowcal::training
