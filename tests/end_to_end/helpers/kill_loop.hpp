#pragma once

#include "program.hpp"

#include <chrono>
#include <functional>

namespace lowcal::end_to_end {

/// A command that is killed and started again.
struct Victim {
    Arguments command{};
    std::function<Arguments()> again{};   ///< what to start; `command` where there is no choice
    std::function<void()> expect_done{};  ///< compares what a completed command left
    std::function<void()> clear{};        ///< removes it, so that the next starts afresh
};

/// Kills the victim at moments spread over its undisturbed duration, starts it again until it is
/// done, and begins anew: 3 kills in all, or as many as the environment's LOWCAL_KILLS says.
void kill_again_and_again(Victim const& victim, std::chrono::duration<double> duration);

/// Runs a command that succeeds.
std::chrono::duration<double> duration_of(Arguments const& arguments);

}  // namespace lowcal::end_to_end
