#include "validation/comparison.hpp"

#include "core/error.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

bool any_contains(std::vector<std::string> const& texts, std::string const& part)
{
    return std::ranges::any_of(
        texts, [&](auto const& text) { return text.find(part) != std::string::npos; });
}

TEST(Comparison, holds_profiles_and_hits_computed_by_hand)
{
    data::ShowerBlock real;
    append_shower(real, 10.0F, {{3, 4, 5, 0.25F}, {3, 7, 9, 0.5F}});
    append_shower(real, 10.0F, {{3, 4, 5, 0.25F}, {0, 0, 0, 0.5F}, {1, 1, 1, 0.5F}});
    auto fast = real;
    fast.cells[cell_index({24, 24, 24, 0})] = 0.1F;
    auto const reference = observed(real);
    auto const result = Comparator(reference, {})("fast", observed(fast));
    EXPECT_DOUBLE_EQ(result.reference_hits.value, 2.5);
    EXPECT_DOUBLE_EQ(result.reference_hits.error, 0.5);
    EXPECT_DOUBLE_EQ(result.candidate_hits.value, 3.0);
    EXPECT_NEAR(result.profiles.reference[3], 0.05, 1e-8);
    EXPECT_NEAR(result.profiles.candidate[74], 0.005, 1e-8);
    EXPECT_EQ(result.profiles.reference_error[74], 0.0);
    EXPECT_GT(result.profiles.candidate_error[74], 0.0);
    EXPECT_EQ(result.reference_count, 2U);
}

TEST(Comparison, equal_seeds_give_equal_figures_and_other_seeds_other_errors)
{
    auto const reference = observed(normal_showers(50, 1));
    auto const candidate = observed(normal_showers(50, 2));
    auto const error = [&](std::uint64_t seed) {
        return Comparator(reference, {.bootstrap = {.seed = seed}})("fast", candidate)
            .shape_mse.error;
    };
    EXPECT_EQ(error(1), error(1));
    EXPECT_NE(error(1), error(2));
}

TEST(Comparison, says_that_both_samples_are_the_same)
{
    auto const reference = observed(normal_showers(20, 1));
    auto const same = Comparator(reference, {})("same", reference);
    EXPECT_TRUE(any_contains(same.warnings, "the reference's own showers"));
    EXPECT_EQ(same.shape_mse.value, 0.0);
    EXPECT_EQ(same.verdict.answer, Answer::same);
    auto const other = Comparator(reference, {})("other", observed(normal_showers(20, 2)));
    EXPECT_FALSE(any_contains(other.warnings, "the reference's own showers"));
}

TEST(Comparison, names_empty_bins_and_showers_outside_all_bins)
{
    data::ShowerBlock block = normal_showers(20, 1);
    append_shower(block, 1.0F, {{12, 12, 8, 0.02F}});
    auto const reference = observed(block);
    auto const result = Comparator(reference, {})("same", reference);
    EXPECT_TRUE(any_contains(result.warnings, "2 - 50 GeV: empty"));
    EXPECT_FALSE(any_contains(result.warnings, "100 - 200 GeV"));
    EXPECT_TRUE(any_contains(result.warnings, "1 reference showers lie outside"));
}

TEST(Comparison, single_showers_have_a_distance_but_no_error)
{
    auto const reference = observed(normal_showers(1, 1));
    auto const result = Comparator(reference, {})("fast", observed(normal_showers(1, 2)));
    EXPECT_GT(result.shape_mse.value, 0.0);
    EXPECT_TRUE(std::isnan(result.shape_mse.error));
    EXPECT_TRUE(std::isnan(result.shape_mse.floor));
    EXPECT_TRUE(std::isnan(result.profiles.candidate_error[12]));
    EXPECT_TRUE(any_contains(result.warnings, "100 - 200 GeV: too few"));
}

TEST(Comparison, a_reference_without_energy_has_no_shape)
{
    data::ShowerBlock block;
    append_shower(block, 100.0F, {});
    append_shower(block, 100.0F, {});
    auto const reference = observed(block);
    auto const result = Comparator(reference, {})("fast", observed(normal_showers(2, 2)));
    EXPECT_TRUE(std::isnan(result.shape_mse.value));
    EXPECT_TRUE(any_contains(result.warnings, "no shape MSE"));
}

TEST(Comparison, drops_and_counts_showers_without_a_partner_of_their_energy)
{
    data::ShowerBlock real = normal_showers(30, 1);  // at 100 GeV
    for (int i = 0; i < 15; ++i) append_shower(real, 300.0F, {{12, 12, 8, 6.0F}});
    data::ShowerBlock fast = normal_showers(40, 2);
    auto const reference = observed(real);
    auto const result = Comparator(reference, {})("fast", observed(fast));
    EXPECT_EQ(result.energies, EnergyMatch::matched);
    EXPECT_EQ(result.reference_count, 30U);
    EXPECT_EQ(result.candidate_count, 30U);
    EXPECT_EQ(result.reference_dropped, 15U);
    EXPECT_EQ(result.candidate_dropped, 10U);
    EXPECT_TRUE(any_contains(result.warnings, "10 of its showers and 15 of the reference's"));
}

TEST(Comparison, counts_showers_without_energy)
{
    auto const reference = observed(normal_showers(20, 1));
    auto block = normal_showers(20, 2);
    std::fill_n(block.cells.begin(), 3 * window_cells, 0.0F);
    auto const result = Comparator(reference, {})("fast", observed(block));
    EXPECT_TRUE(any_contains(result.warnings, "3 of its showers have no energy"));
}

TEST(CellsClassifier, is_believed_where_it_finds_the_controls_or_the_candidate)
{
    auto const at = [](double area) { return AreaUnderCurve{area, 0.01}; };
    EXPECT_TRUE(is_believed(at(0.5), {{"a", at(0.96)}, {"b", at(0.99)}}));
    EXPECT_FALSE(is_believed(at(0.5), {{"a", at(0.96)}, {"b", at(0.94)}}));
    EXPECT_TRUE(is_believed(at(0.97), {{"b", at(0.6)}}));
    EXPECT_FALSE(is_believed(at(0.5), {}));
}

TEST(Comparison, needs_showers)
{
    ShowerTable const nothing(clic_detector());
    EXPECT_THROW(Comparator(nothing, {}), InputError);
    auto const reference = observed(normal_showers(2, 1));
    EXPECT_THROW(Comparator(reference, {})("fast", nothing), InputError);
}

}  // namespace
}  // namespace lowcal::validation
