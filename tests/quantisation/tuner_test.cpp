#include "quantisation/plan/tuner.hpp"

#include "core/error.hpp"
#include "small_int8.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace lowcal::quantisation {
namespace {

class TunerTest : public ::testing::Test {
protected:
    test::ReferenceRunner runner;
    graph::Graph network = test::small_generator();
    Quantiser quantiser{network, runner};
    std::set<std::string> judged;

    Tuner::Config config() const
    {
        Tuner::Config config;
        config.start.canonical.energy_offset = 1.0;
        config.start.least_channels = 5;
        return config;
    }
    /// A network in which the merging layer and one transposed convolution move the criteria, the
    /// latter more; `scales` is what the rest moves.
    Judge judge(double scales = 0.0)
    {
        return [this, scales](std::string const& plan, auto const&) {
            judged.insert(plan);
            auto const has = [&](char const* words) {
                return plan.find(words) != std::string::npos;
            };
            double shift = scales;
            if (!has("branch1.up f32")) shift += 3.0;
            if (!has("merge f32")) shift += 2.0;
            return Judgement{.criteria = {{.name = "hits", .shift = shift, .error = 1.0},
                                          {.name = "width", .shift = 0.1, .error = 1.0}}};
        };
    }
};

TEST_F(TunerTest, raises_the_layers_that_move_the_criteria_and_no_other)
{
    auto const result = Tuner(network, quantiser, judge(), config()).run();
    EXPECT_TRUE(result.met);
    EXPECT_FALSE(result.stopped);
    auto const& best = result.trials[result.best];
    ASSERT_EQ(best.config.fallbacks.size(), 2U);
    EXPECT_TRUE(best.config.fallbacks.contains("merge"));
    EXPECT_TRUE(best.config.fallbacks.contains("branch1.up"));
    EXPECT_NE(best.config.fallbacks.at("merge").reason.find("hits"), std::string::npos);
    EXPECT_GT(best.cost, result.trials[0].cost);
    EXPECT_EQ(judged.size(), result.trials.size());  // nothing twice
}

TEST_F(TunerTest, equal_judgements_give_an_equal_result)
{
    auto const one = Tuner(network, quantiser, judge(), config()).run();
    auto const other = Tuner(network, quantiser, judge(), config()).run();
    ASSERT_EQ(one.trials.size(), other.trials.size());
    for (std::size_t i = 0; i < one.trials.size(); ++i)
        EXPECT_EQ(one.trials[i].plan, other.trials[i].plan);
    EXPECT_EQ(one.best, other.best);
}

TEST_F(TunerTest, stops_at_once_where_all_layers_may_be_int8)
{
    auto const nothing_moves = [](std::string const&, auto const&) {
        return Judgement{.criteria = {{.name = "hits", .shift = 0.9, .error = 1.0}}};
    };
    auto const result = Tuner(network, quantiser, nothing_moves, config()).run();
    EXPECT_EQ(result.trials.size(), 1U);
    EXPECT_TRUE(result.met);
}

TEST_F(TunerTest, says_so_if_no_plan_meets_the_criteria_and_gives_the_best)
{
    auto const result = Tuner(network, quantiser, judge(5.0), config()).run();
    EXPECT_FALSE(result.met);
    auto const& best = result.trials[result.best];
    EXPECT_EQ(best.moved, 1U);
    EXPECT_TRUE(best.config.fallbacks.contains("merge"));
    for (auto const& trial : result.trials) EXPECT_GE(trial.excess, best.excess);
}

TEST_F(TunerTest, ends_at_its_limit_of_trials)
{
    auto limited = config();
    limited.most_trials = 3;
    auto const result = Tuner(network, quantiser, judge(), std::move(limited)).run();
    EXPECT_EQ(result.trials.size(), 3U);
    EXPECT_TRUE(result.stopped);
}

TEST_F(TunerTest, what_chance_may_explain_is_no_shift)
{
    Criterion const criterion{.name = "hits", .shift = -3.0, .error = 1.0, .noise = 1.1};
    EXPECT_DOUBLE_EQ(criterion.ratio(), 3.0);
    EXPECT_NEAR(criterion.sure_ratio(), 0.8, 1e-12);
    EXPECT_TRUE(std::isinf(Criterion{.name = "hits", .shift = 0.1}.ratio()));
    EXPECT_EQ(Criterion{.name = "hits"}.ratio(), 0.0);
}

TEST_F(TunerTest, refuses_limits_that_are_not_positive)
{
    auto bad = config();
    bad.tolerance = 0;
    EXPECT_THROW(Tuner(network, quantiser, judge(), bad), InputError);
    bad = config();
    bad.most_trials = 0;
    EXPECT_THROW(Tuner(network, quantiser, judge(), bad), InputError);
    bad = config();
    bad.most_minutes = -1;
    EXPECT_THROW(Tuner(network, quantiser, judge(), bad), InputError);
}

}  // namespace
}  // namespace lowcal::quantisation
