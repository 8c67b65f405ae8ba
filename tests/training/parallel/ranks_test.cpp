#include "training/parallel/ranks.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lowcal::training {
namespace {

TEST(Ranks, that_never_come_are_not_waited_for_without_end)
{
    // Rank 0 of two, at a port that the system chooses: the other one cannot come.
    RankPlace const place{.rank = 0, .size = 2, .port = 0, .patience = std::chrono::seconds(1)};
    try {
        join_ranks(place);
        FAIL() << "there is no other rank";
    } catch (InputError const& error) {
        std::string const words = error.what();
        if (words.find("built without") != std::string::npos) GTEST_SKIP() << words;
        EXPECT_NE(words.find("do not meet"), std::string::npos) << words;
        EXPECT_NE(words.find("all 2 must be started"), std::string::npos) << words;
    }
}

}  // namespace
}  // namespace lowcal::training
