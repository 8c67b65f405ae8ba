#include "validation/compare/paired_shift.hpp"

#include "core/error.hpp"
#include "core/sample_moments.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

PairedShift const& find(std::vector<PairedShift> const& shifts, std::string const& key,
                        std::string const& bin)
{
    return *std::ranges::find_if(shifts, [&](auto const& shift) {
        return shift.observable == observable(key) && bin_text(shift.bin) == bin;
    });
}

/// One shower per pair of primary energy and cell energy, GeV.
ShowerTable showers(std::vector<std::pair<float, float>> const& list)
{
    data::ShowerBlock block;
    for (auto const& [primary, cell] : list) append_shower(block, primary, {{12, 12, 8, cell}});
    return observed(block);
}

TEST(PairedShift, is_the_difference_of_mean_and_spread_computed_by_hand)
{
    auto const reference = showers({{110, 2.2F}, {120, 2.64F}, {130, 3.12F}, {5, 0.1F}});
    auto const candidate = showers({{110, 2.42F}, {120, 2.4F}, {130, 3.9F}, {5, 0.125F}});
    auto const shifts = PairedComparator(reference)(candidate);
    EXPECT_EQ(shifts.size(), 16U * 8);
    auto const& shift = find(shifts, "sampling_fraction", "100 - 200");
    EXPECT_EQ(shift.count, 3U);
    EXPECT_NEAR(shift.mean, (0.022 + 0.02 + 0.03 - 0.02 - 0.022 - 0.024) / 3, 1e-8);
    EXPECT_NEAR(shift.rms, std::sqrt(28.0) * 1e-3 - 0.002, 1e-8);
    EXPECT_NEAR(shift.reference.mean, 0.022, 1e-8);
    EXPECT_TRUE(std::isnan(find(shifts, "sampling_fraction", "2 - 10").mean));
    auto const& all = find(shifts, "sampling_fraction", "all");
    EXPECT_EQ(all.count, 4U);
    EXPECT_NEAR(all.mean, (0.006 + 0.005) / 4, 1e-8);
}

TEST(PairedShift, is_judged_by_the_references_own_standard_error)
{
    constexpr std::size_t n = 400;
    auto const block = normal_showers(n, 1);
    auto const reference = observed(block);
    PairedComparator const compare(reference);
    auto const shifted_by = [&](double errors) {
        auto candidate = block;  // standard error of the mean cell energy: 0.1 / sqrt(n) GeV
        for (std::size_t i = 0; i < n; ++i)
            candidate.cells[i * window_cells + cell_index({12, 12, 8, 0})] +=
                static_cast<float>(errors * 0.1 / std::sqrt(static_cast<double>(n)));
        return find(compare(observed(candidate)), "sampling_fraction", "100 - 200");
    };
    // 200 replicas know the error to 5 %, the sample its spread to 3.5 %: four times their sum.
    EXPECT_NEAR(shifted_by(0).reference.mean_error / (1e-3 / std::sqrt(400.0)), 1.0, 0.25);
    EXPECT_TRUE(shifted_by(0.7).within_error());
    EXPECT_FALSE(shifted_by(1.3).within_error());
}

TEST(PairedShift, sees_a_wider_spread_at_an_unchanged_mean)
{
    auto const block = normal_showers(200, 3);
    auto const reference = observed(block);
    auto const mean = mean_of(reference.values("sampling_fraction")) * 100.0;
    auto wider = block;
    for (std::size_t i = 0; i < block.count(); ++i) {
        float& cell = wider.cells[i * window_cells + cell_index({12, 12, 8, 0})];
        cell = static_cast<float>(mean + 1.2 * (static_cast<double>(cell) - mean));
    }
    auto const shift =
        find(PairedComparator(reference)(observed(wider)), "sampling_fraction", "all");
    EXPECT_LT(std::abs(shift.mean), 0.01 * shift.reference.mean_error);
    EXPECT_NEAR(shift.rms / shift.reference.rms, 0.2, 1e-5);
    EXPECT_FALSE(shift.within_error());
}

TEST(PairedShift, leaves_out_pairs_in_which_a_shower_has_no_value)
{
    auto const reference = showers({{110, 2.2F}, {120, 2.4F}, {130, 2.6F}});
    auto const candidate = showers({{110, 2.2F}, {120, 0.0F}, {130, 2.6F}});
    auto const shifts = PairedComparator(reference)(candidate);
    EXPECT_EQ(find(shifts, "longitudinal_mean", "all").count, 2U);
    EXPECT_EQ(find(shifts, "sampling_fraction", "all").count, 3U);
}

TEST(PairedShift, of_showers_with_themselves_is_zero_and_needs_pairs)
{
    auto const reference = observed(part_of(real_showers(), 0, 40));
    PairedComparator const compare(reference);
    for (auto const& shift : compare(reference)) {
        if (shift.count >= 2) {
            EXPECT_EQ(shift.mean, 0.0);
            EXPECT_EQ(shift.rms, 0.0);
            EXPECT_TRUE(shift.within_error());
        } else {
            EXPECT_FALSE(shift.within_error());
        }
    }
    EXPECT_THROW(compare(observed(part_of(real_showers(), 0, 39))), InputError);
    EXPECT_THROW(compare(observed(part_of(real_showers(), 1, 40))), InputError);
    EXPECT_THROW(PairedComparator{ShowerTable{clic_detector()}}, InputError);
}

TEST(ShowerTable, selects_showers_in_the_given_order)
{
    auto const all = observed(part_of(real_showers(), 0, 6));
    std::vector<std::uint32_t> const wanted{4, 1};
    auto const some = all.selected(wanted);
    ASSERT_EQ(some.count(), 2U);
    EXPECT_TRUE(some.selected(std::vector<std::uint32_t>{1})
                    .same_showers(observed(part_of(real_showers(), 1, 1))));
    EXPECT_EQ(some.values("r_rms")[0], all.values("r_rms")[4]);
}

}  // namespace
}  // namespace lowcal::validation
