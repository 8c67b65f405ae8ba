#include "cli/options/nearest_name.hpp"

#include <gtest/gtest.h>

namespace lowcal::cli {
namespace {

std::vector<std::string> const names{"info", "generate", "evaluate", "--count", "--out"};

TEST(NearestName, is_found_behind_a_letter_left_out_added_changed_or_swapped)
{
    for (auto const* word : {"genrate", "generatte", "generade", "genreate"})
        EXPECT_EQ(nearest_name(word, names), "generate") << word;
    EXPECT_EQ(nearest_name("inof", names), "info");
    EXPECT_EQ(nearest_name("--cuont", names), "--count");
}

TEST(NearestName, is_none_where_all_are_far)
{
    for (auto const* word : {"paint", "x", "", "--minutes"})
        EXPECT_EQ(nearest_name(word, names), std::nullopt) << word;
    EXPECT_EQ(nearest_name(std::string(1000000, 'g'), names), std::nullopt);
    EXPECT_EQ(nearest_name("info", {}), std::nullopt);
}

}  // namespace
}  // namespace lowcal::cli
