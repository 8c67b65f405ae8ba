#pragma once

#include "training/loop/training_config.hpp"
#include "training/nn/learning_rate.hpp"

#include <filesystem>
#include <optional>

namespace lowcal::training {

// A training that leaves several networks, the members of an ensemble: its rates fall as often,
// each time to a network (snapshot ensembles, Huang et al., arXiv:1704.00109).

RateSchedule schedule_of(TrainingConfig const& config);

/// Which member is ready after this many steps in all, 1 to `members`; none is at most steps.
std::optional<std::int64_t> finished_member(TrainingConfig const& config, std::int64_t steps_done);

/// Its file in a training's folder, which `--export --member` reads.
std::filesystem::path member_file(std::filesystem::path const& folder, std::int64_t member);

/// Throws InputError where rates do not fall, or not as often as members are asked for.
void require_members(TrainingConfig const& config);

}  // namespace lowcal::training
