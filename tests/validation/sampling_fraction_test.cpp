#include "validation/compare/sampling_fraction.hpp"

#include "core/sample_moments.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::validation {
namespace {

constexpr std::size_t low_energy_row = 6;

/// One shower per pair of primary energy and cell energy, GeV.
ShowerTable showers(std::vector<std::pair<float, float>> const& list)
{
    data::ShowerBlock block;
    for (auto const& [primary, cell] : list) append_shower(block, primary, {{12, 12, 8, cell}});
    return observed(block);
}

TEST(SamplingFraction, has_the_values_computed_by_hand)
{
    auto const reference = showers({{110, 2.2F}, {120, 2.64F}, {130, 3.12F}, {5, 0.1F}});
    auto const candidate = showers({{110, 2.42F}, {120, 2.4F}, {130, 3.9F}, {5, 0.125F}});
    auto const rows = compare_sampling_fraction(reference, candidate, {});
    ASSERT_EQ(rows.size(), 7U);
    auto const& row = rows[2];
    EXPECT_EQ(row.reference.count, 3U);
    EXPECT_NEAR(row.reference.mean, (0.02 + 0.022 + 0.024) / 3, 1e-8);
    EXPECT_NEAR(row.reference.rms, 0.002, 1e-8);
    EXPECT_NEAR(row.candidate.mean, (0.022 + 0.02 + 0.03) / 3, 1e-8);
    EXPECT_NEAR(row.candidate.rms, std::sqrt((4.0 + 16.0 + 36.0) / 2) * 1e-3, 1e-8);
    EXPECT_NEAR(row.candidate.mean_energy, 120.0, 1e-6);
    EXPECT_NEAR(row.ratio(), 0.024 / 0.022, 1e-6);
    EXPECT_NEAR(row.rms_ratio(), std::sqrt(28.0) / 2, 1e-5);
}

TEST(SamplingFraction, low_energies_stand_in_two_rows)
{
    auto const sample = showers({{2, 0.04F}, {9.9F, 0.2F}, {10, 0.2F}, {49, 1}});
    auto const rows = compare_sampling_fraction(sample, sample, {});
    EXPECT_EQ(rows[0].reference.count, 4U);
    EXPECT_EQ(rows[low_energy_row].reference.count, 2U);
    EXPECT_EQ(rows[low_energy_row].bin.low, 2.0);
    EXPECT_EQ(rows[low_energy_row].bin.high, 10.0);
}

TEST(SamplingFraction, edges_belong_to_the_upper_bin_and_500_to_the_last)
{
    auto const sample = showers({{50, 1}, {100, 2}, {500, 10}, {501, 10}});
    auto const rows = compare_sampling_fraction(sample, sample, {});
    std::vector<std::size_t> counts;
    for (auto const& row : rows) counts.push_back(row.reference.count);
    EXPECT_EQ(counts, (std::vector<std::size_t>{0, 1, 1, 0, 0, 1, 0}));
}

TEST(SamplingFraction, bins_without_enough_showers_are_named)
{
    auto const reference = showers({{20, 0.4F}, {30, 0.7F}, {60, 1.2F}, {70, 1.4F}, {150, 3}});
    auto const candidate = showers({{20, 0.4F}, {30, 0.7F}, {60, 1.2F}});
    auto const rows = compare_sampling_fraction(reference, candidate, {});
    EXPECT_EQ(rows[0].status(), BinStatus::filled);
    EXPECT_EQ(rows[1].status(), BinStatus::too_few);
    EXPECT_EQ(rows[2].status(), BinStatus::empty);
    EXPECT_EQ(rows[5].status(), BinStatus::empty);
    EXPECT_FALSE(std::isnan(rows[1].candidate.mean));
    EXPECT_TRUE(std::isnan(rows[1].candidate.rms));
    EXPECT_TRUE(std::isnan(rows[1].difference_error));
    EXPECT_TRUE(std::isnan(rows[2].candidate.mean));
    EXPECT_TRUE(std::isnan(rows[5].reference.mean));
}

TEST(SamplingFraction, errors_are_the_analytic_ones_of_normal_values)
{
    constexpr double n = 400;
    auto const rows = compare_sampling_fraction(observed(normal_showers(400, 1)),
                                                observed(normal_showers(400, 2)), {});
    auto const& row = rows[2];  // 100 GeV
    double const standard_error = row.reference.rms / std::sqrt(n);
    // 200 replicas know a spread to 5 %, the sample's own spread varies by 1/sqrt(2n) = 3.5 %: four
    // times their joint 6.1 %. A factor sqrt(2), the least mistake to fear, is farther away.
    constexpr double tolerance = 0.25;
    EXPECT_NEAR(row.reference.mean_error / standard_error, 1.0, tolerance);
    EXPECT_NEAR(row.difference_error / (standard_error * std::sqrt(2.0)), 1.0, tolerance);
    EXPECT_NEAR(row.ratio_error * row.reference.mean / (standard_error * std::sqrt(2.0)), 1.0,
                tolerance);
    EXPECT_NEAR(row.reference.rms_error / (row.reference.rms / std::sqrt(2 * n)), 1.0, tolerance);
    EXPECT_NEAR(row.rms_ratio_error / std::sqrt(2 / (2 * n)), 1.0, tolerance);
}

TEST(SamplingFraction, two_samples_of_one_distribution_differ_by_their_error)
{
    // Deviation of the pulls over 60 pairs of samples: 1 within 3 / sqrt(2 * 60).
    std::vector<double> pulls;
    for (std::uint64_t pair = 0; pair < 60; ++pair) {
        auto const row =
            compare_sampling_fraction(observed(normal_showers(60, 1000 + pair)),
                                      observed(normal_showers(60, 2000 + pair)), {.seed = pair})[2];
        pulls.push_back((row.candidate.mean - row.reference.mean) / row.difference_error);
    }
    EXPECT_NEAR(deviation_of(pulls), 1.0, 3 / std::sqrt(120.0));
    EXPECT_NEAR(mean_of(pulls), 0.0, 3 / std::sqrt(60.0));
}

}  // namespace
}  // namespace lowcal::validation
