#include "kill_loop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>

namespace lowcal::end_to_end {
namespace {

int wanted_kills()
{
    char const* const text = std::getenv("LOWCAL_KILLS");
    return text == nullptr ? 3 : std::max(1, std::atoi(text));
}

}  // namespace

void kill_again_and_again(Victim const& victim, std::chrono::duration<double> duration)
{
    std::mt19937 random(20);
    std::uniform_real_distribution<double> moment(0.0, 1.1);
    int kills = 0;
    for (bool done = false; kills < wanted_kills() || !done;) {
        auto const arguments = victim.again ? victim.again() : victim.command;
        Program program(arguments);
        if (kills < wanted_kills()) std::this_thread::sleep_for(moment(random) * duration);
        done = kills >= wanted_kills() || !program.running();
        if (done) {
            auto const outcome = program.wait();
            ASSERT_EQ(outcome.exit_code, 0) << "after " << kills << " kills: " << outcome.errors;
            victim.expect_done();
            victim.clear();
        } else {
            kills += program.kill().exit_code == -1;
        }
        ASSERT_FALSE(::testing::Test::HasFailure()) << "after " << kills << " kills";
    }
    ::testing::Test::RecordProperty("kills", kills);
}

std::chrono::duration<double> duration_of(Arguments const& arguments)
{
    auto const start = std::chrono::steady_clock::now();
    succeed(arguments);
    return std::chrono::steady_clock::now() - start;
}

}  // namespace lowcal::end_to_end
