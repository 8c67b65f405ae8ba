#include "workflows/generate/number_source.hpp"

#include <gtest/gtest.h>

#include <set>

namespace lowcal::workflows {
namespace {

TEST(NumberSource, texts_are_numbers_ranges_or_lists)
{
    for (auto const* good : {"5", "0.5", "2:500", "10/50/100"})
        EXPECT_EQ(problem_with_numbers(good, NumberKind::positive), "") << good;
    for (auto const* bad : {"", "0", "-5", "2,5", "2:", ":2", "2:3:4", "3:2", "50:50", "5/", "/5",
                            "1:2/3", "nan", "inf", "hot"})
        EXPECT_NE(problem_with_numbers(bad, NumberKind::positive), "") << bad;
    EXPECT_EQ(problem_with_numbers("-0.35:0.35", NumberKind::any), "");
    EXPECT_EQ(problem_with_numbers("11/22", NumberKind::whole), "");
    EXPECT_EQ(problem_with_numbers("-11", NumberKind::whole), "");
    EXPECT_NE(problem_with_numbers("11.5", NumberKind::whole), "");
    EXPECT_NE(problem_with_numbers("11:22", NumberKind::whole), "");  // 12 would be among them
}

TEST(NumberSource, a_list_comes_in_turn_from_the_first_shower_of_the_production)
{
    NumberSource const source("10/50/100", {});
    EXPECT_EQ(source(0), 10.0F);
    EXPECT_EQ(source(4), 50.0F);
    EXPECT_EQ(source(300'000'000'002), 100.0F);
    EXPECT_FALSE(source.limit());
    EXPECT_EQ(source.range(), std::pair(10.0F, 100.0F));
}

TEST(NumberSource, drawn_numbers_depend_on_shower_seed_and_stream_alone)
{
    NumberSource const theta("-1:1", {.seed = 3, .stream = RandomStream::theta});
    NumberSource const phi("-1:1", {.seed = 3, .stream = RandomStream::phi});
    NumberSource const other("-1:1", {.seed = 4, .stream = RandomStream::theta});
    std::set<float> values;
    for (std::uint64_t i = 0; i < 100; ++i) {
        EXPECT_EQ(theta(i), theta(i));
        EXPECT_GE(theta(i), -1.0F);
        EXPECT_LT(theta(i), 1.0F);
        values.insert({theta(i), phi(i), other(i)});
    }
    EXPECT_GE(values.size(), 299U);  // equal ones would be a shared stream
}

TEST(NumberSource, rows_of_a_list_have_its_width)
{
    NumberSource const source(std::vector<float>{1, 2, 3, 4, 5, 6}, {.width = 2});
    EXPECT_EQ(source.limit(), 3U);
    std::vector<float> row(2);
    source(1, row);
    EXPECT_EQ(row, (std::vector<float>{3, 4}));
}

TEST(NumberSource, identities_tell_sources_apart)
{
    auto const identity = [](std::string const& text) {
        return NumberSource(text, {.unit = "GeV"}).identity();
    };
    EXPECT_EQ(identity("50"), "50 GeV");
    EXPECT_EQ(identity("2:500"), "uniform 2:500 GeV");
    EXPECT_EQ(identity("10/50"), "in turn 10/50 GeV");
    EXPECT_NE(NumberSource(std::vector<float>{1, 2}, {}).identity(),
              NumberSource(std::vector<float>{1, 3}, {}).identity());
}

}  // namespace
}  // namespace lowcal::workflows
