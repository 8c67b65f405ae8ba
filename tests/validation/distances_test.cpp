#include "validation/compare/distances.hpp"

#include "validation/known_showers.hpp"
#include "validation/verdict/frechet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

TEST(ValueDistances, are_those_computed_by_hand)
{
    std::vector<double> const first{0.1, 0.4, 0.4, 0.9, 1.3};
    std::vector<double> const second{0.2, 0.4, 1.0};
    std::vector<double> const cuts{0.3, 0.95};
    auto const distance = value_distances(first, second, cuts);
    EXPECT_NEAR(distance.kolmogorov_smirnov, 1.0 / 5, 1e-12);
    // |F - G|: 1/5 on [.1, .2], 2/15 on [.2, .4], 1/15 on [.4, .9] and 2/15, 1/5 on [.9, 1, 1.3].
    EXPECT_NEAR(distance.wasserstein, 0.02 + 0.2 * 2 / 15 + 0.5 / 15 + 0.1 * 2 / 15 + 0.3 / 5,
                1e-12);
    // Shares in the three bins: 1/5, 3/5, 1/5 and 1/3 each.
    double const separation =
        0.5 * (std::pow(2.0 / 15, 2) / (8.0 / 15) + std::pow(4.0 / 15, 2) / (14.0 / 15) +
               std::pow(2.0 / 15, 2) / (8.0 / 15));
    EXPECT_NEAR(distance.separation, separation, 1e-12);
}

TEST(ValueDistances, are_those_of_scipy)
{
    std::vector<double> first, second;
    for (int i = 1; i <= 50; ++i) first.push_back(i * 37 % 101 / 101.0);
    for (int i = 1; i <= 40; ++i) second.push_back(std::pow(i * 53 % 97 / 97.0, 2));
    auto const distance = value_distances(first, second, separation_cuts(first));
    EXPECT_NEAR(distance.kolmogorov_smirnov, 0.31, 1e-12);
    EXPECT_NEAR(distance.wasserstein, 0.19436500653997807, 1e-12);
}

TEST(ValueDistances, of_equal_samples_are_zero_and_of_disjoint_ones_complete)
{
    std::vector<double> const low{1, 2, 3}, high{11, 12, 13};
    auto const cuts = separation_cuts(low);
    auto const none = value_distances(low, low, cuts);
    EXPECT_EQ(none.kolmogorov_smirnov, 0.0);
    EXPECT_EQ(none.wasserstein, 0.0);
    EXPECT_EQ(none.separation, 0.0);
    auto const all = value_distances(low, high, std::vector<double>{5.0});
    EXPECT_DOUBLE_EQ(all.kolmogorov_smirnov, 1.0);
    EXPECT_NEAR(all.wasserstein, 10.0, 1e-12);
    EXPECT_DOUBLE_EQ(all.separation, 1.0);
}

TEST(SeparationCuts, leave_half_a_percent_outside_on_either_side)
{
    std::vector<double> values;
    for (int i = 0; i <= 1000; ++i) values.push_back(i);
    auto const cuts = separation_cuts(values);
    ASSERT_EQ(cuts.size(), 19U);
    EXPECT_DOUBLE_EQ(cuts[0], 5 + 990 / 20.0);
    EXPECT_DOUBLE_EQ(cuts[18], 995 - 990 / 20.0);
}

ObservableRow const& row(std::vector<ObservableRow> const& rows, std::string const& key,
                         std::string const& bin)
{
    return *std::ranges::find_if(rows, [&](auto const& one) {
        return one.observable == observable(key) && bin_text(one.bin) == bin;
    });
}

TEST(CompareObservables, lies_near_its_floor_for_samples_of_one_kind)
{
    auto const rows = compare_observables(observed(part_of(real_showers(), 0, 300)),
                                          observed(part_of(real_showers(), 300, 300)), {});
    ASSERT_EQ(rows.size(), 16U * 8);
    auto const& one = row(rows, "longitudinal_width", "all");
    for (auto const* distance : {&one.kolmogorov_smirnov, &one.wasserstein, &one.separation}) {
        EXPECT_GT(distance->value, 0.2 * distance->floor);
        EXPECT_LT(distance->value, 4 * distance->floor);
        EXPECT_GT(distance->error, 0.0);
    }
    // Expected floor of the largest difference, by Kolmogorov: 0.8687 sqrt(2 / 300).
    EXPECT_NEAR(one.kolmogorov_smirnov.floor / (0.8687 * std::sqrt(2.0 / 300)), 1.0, 0.15);
}

TEST(CompareObservables, sees_a_shift_in_the_observables_unit)
{
    auto moved = part_of(real_showers(), 0, 200);
    for (float& cell : moved.cells) cell *= 1.1F;
    auto const reference = observed(part_of(real_showers(), 0, 200));
    auto const rows = compare_observables(reference, observed(moved), {});
    auto const& one = row(rows, "sampling_fraction", "all");
    EXPECT_NEAR(one.wasserstein.value / (0.1 * one.reference.mean), 1.0, 1e-5);
    EXPECT_GT(one.wasserstein.value, 5 * one.wasserstein.floor);
    EXPECT_LT(row(rows, "r_mean", "all").wasserstein.value, 1e-6);
}

TEST(CompareObservables, has_no_distance_without_showers_and_no_error_for_one)
{
    auto const rows = compare_observables(observed(part_of(real_showers(), 0, 1)),
                                          observed(part_of(real_showers(), 1, 1)), {});
    auto const& all = row(rows, "hits", "all");
    EXPECT_FALSE(std::isnan(all.wasserstein.value));
    EXPECT_TRUE(std::isnan(all.wasserstein.error));
    std::size_t without = 0;
    for (auto const& one : rows) without += std::isnan(one.wasserstein.value);
    EXPECT_GT(without, 0U);
}

TEST(Frechet, of_independent_normals_is_that_of_the_formula)
{
    ObservableMoments first(16), second(16);
    for (std::size_t i = 0; i < 16; ++i) first.covariance[i][i] = second.covariance[i][i] = 1;
    EXPECT_NEAR(frechet_distance(first, second), 0.0, 1e-12);
    second.mean[3] = 2;
    second.covariance[5][5] = 4;
    EXPECT_NEAR(frechet_distance(first, second), 4 + std::pow(2 - 1, 2), 1e-12);
}

TEST(Frechet, of_correlated_normals_is_that_of_numpy)
{
    // C1 = [[2, 1], [1, 2]], C2 = [[1, 0], [0, 3]]: 8 - 2 tr (C1 C2)^(1/2); for 2 x 2 matrices
    // tr sqrt(M) = sqrt(tr M + 2 sqrt(det M)) = sqrt(8 + 2 * 3).
    ObservableMoments first(2), second(2);
    first.covariance[0][0] = first.covariance[1][1] = 2;
    first.covariance[0][1] = first.covariance[1][0] = 1;
    second.covariance[0][0] = 1;
    second.covariance[1][1] = 3;
    EXPECT_NEAR(frechet_distance(first, second), 8 - 2 * std::sqrt(14.0), 1e-9);
}

}  // namespace
}  // namespace lowcal::validation
