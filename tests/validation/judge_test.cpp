#include "validation/judge/judge.hpp"

#include "core/random.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace lowcal::validation {
namespace {

constexpr std::size_t columns = 5;  // log E and four features

/// Normal numbers at one energy; the candidate's third is `shift` deviations away.
LabelledShowers normal_rows(std::size_t each, float shift, std::uint64_t seed)
{
    LabelledShowers showers{.columns = columns, .rows = std::vector<float>(2 * each * columns)};
    ItemRandom({.seed = seed, .stream = RandomStream::energy}, 0).normal(showers.rows);
    for (std::size_t i = 0; i < 2 * each; ++i) {
        bool const candidate = i >= each;
        if (candidate) showers.rows[i * columns + 2] += shift;
        showers.labels.push_back(candidate ? 1.0F : 0.0F);
        showers.energy.push_back(10.0F);
        showers.fold.push_back(static_cast<std::uint32_t>(i % folds));
    }
    return showers;
}

std::vector<float> scores_of(LabelledShowers const& showers, std::vector<std::uint32_t> seen,
                             int threads = 1)
{
    WorkerPool pool(threads);
    Question const question{&showers, std::move(seen), showers.labels};
    return out_of_fold_scores(std::span(&question, 1), {}, pool, {})[0];
}

AreaUnderCurve area_of(LabelledShowers const& showers, std::vector<std::uint32_t> seen)
{
    auto const scores = scores_of(showers, std::move(seen));
    auto const each = showers.count() / 2;
    return area_under_curve(std::span(scores).first(each), std::span(scores).last(each));
}

TEST(BoostedTrees, find_a_shift_of_normal_numbers_as_well_as_it_can_be_found)
{
    auto const found = area_of(normal_rows(2000, 1.0F, 1), {0, 1, 2, 3, 4});
    // Two normal distributions one deviation apart: Phi(1 / sqrt 2) = 0.760. Of 2000 showers each,
    // trees learn it but for the size of the error.
    EXPECT_LT(found.error, 0.008);
    EXPECT_NEAR(found.area, 0.760, 4 * found.error);
    EXPECT_NEAR(area_of(normal_rows(2000, 1.0F, 1), {0, 1, 3, 4}).area, 0.5, 4 * found.error);
}

TEST(BoostedTrees, find_nothing_in_equal_samples)
{
    for (std::uint64_t const seed : {2U, 3U, 4U}) {
        auto const found = area_of(normal_rows(500, 0.0F, seed), {0, 1, 2, 3, 4});
        EXPECT_FALSE(is_seen(found));
        EXPECT_NEAR(found.area, 0.5, 4.5 * found.error);  // three of its own spread
        EXPECT_LT(found.error, 0.02);
    }
}

TEST(BoostedTrees, give_the_same_bits_however_many_threads_there_are)
{
    auto const showers = normal_rows(300, 0.5F, 5);
    EXPECT_EQ(scores_of(showers, {0, 1, 2}, 1), scores_of(showers, {0, 1, 2}, 2));
    EXPECT_NE(scores_of(showers, {0, 1, 2}), scores_of(showers, {0, 1}));
}

TEST(LabelledShowers, of_one_energy_are_in_one_fold_and_lose_their_trend)
{
    data::ShowerBlock block;  // cells grow with the energy and nothing else
    for (int i = 0; i < 60; ++i) {
        auto const energy = static_cast<float>(10 + i);
        append_shower(block, energy, {{12, 12, 8, 0.02F * energy}, {12, 12, 9, 0.01F * energy}});
    }
    auto const set = std::make_shared<FeatureSet const>(
        std::make_shared<ObservableSet const>(clic_detector()), block);
    FeatureTable table(set, 60);
    table.add(block);
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < 60; ++i) order.push_back(i);
    std::vector<std::uint32_t> const backwards(order.rbegin(), order.rend());
    auto const showers = labelled(table, order, table, backwards, 1);
    ASSERT_EQ(showers.count(), 120U);
    std::array<std::size_t, folds> in_fold{};
    for (std::size_t i = 0; i < 60; ++i) {
        EXPECT_EQ(showers.energy[i], showers.energy[119 - i]);
        EXPECT_EQ(showers.fold[i], showers.fold[119 - i]);
        ++in_fold[showers.fold[i]];
    }
    for (auto const count : in_fold) EXPECT_EQ(count, 12U);
    auto const place = set->group("totals").first;  // 0.03 at every energy
    EXPECT_NEAR(static_cast<double>(showers.rows[place]), 0.0, 1e-6);
    EXPECT_NEAR(static_cast<double>(showers.rows[0]), std::log(10.0), 1e-6);  // what is given stays
    auto const shuffled = shuffled_labels(showers, 1);
    EXPECT_NE(shuffled, showers.labels);
    EXPECT_EQ(std::ranges::count(shuffled, 1.0F), 60);
}

/// Half of the repository's real showers, read once, and the other half.
struct RealHalves {
    RealHalves()
    {
        auto const& all = real_showers();
        for (std::size_t i = 0; i < all.count(); ++i) {
            auto& half = i % 2 == 0 ? first : second;
            auto const cells = all.shower(i);
            half.cells.insert(half.cells.end(), cells.begin(), cells.end());
            data::append_without_cells(half, data::without_cells(all, i, 1));
        }
    }
    data::ShowerBlock first;
    data::ShowerBlock second;
};
RealHalves const& halves()
{
    static RealHalves const both;
    return both;
}

std::shared_ptr<ObservableSet const> const& clic_set()
{
    static auto const set = std::make_shared<ObservableSet const>(clic_detector());
    return set;
}

ReferenceFeatures features_of(data::ShowerBlock const& showers)
{
    ReferenceFeatures features(clic_set(), showers, {});
    features.add(showers);
    return features;
}

FeatureTable like(ReferenceFeatures const& reference, data::ShowerBlock const& showers)
{
    FeatureTable table(reference.features().shared_set(), showers.count());
    table.add(showers);
    return table;
}

Judge::Chosen all_of(FeatureTable const& reference, FeatureTable const& candidate)
{
    Judge::Chosen chosen;
    for (std::uint32_t i = 0; i < reference.count(); ++i) chosen.reference.push_back(i);
    for (std::uint32_t i = 0; i < candidate.count(); ++i) chosen.candidate.push_back(i);
    return chosen;
}

/// Few rounds: what is asked here is found by them too.
Judge::Config const quick{.threads = 2, .shuffles = 1, .trees = {.rounds = 40}};

Judgement judged(data::ShowerBlock const& candidate)
{
    auto const reference = features_of(halves().first);
    auto const table = like(reference, candidate);
    return Judge(reference, quick)(table, all_of(reference.features(), table));
}

TEST(Judge, does_not_tell_real_showers_from_real_ones)
{
    auto const found = judged(halves().second);
    EXPECT_EQ(found.reference_count, 500U);
    EXPECT_FALSE(is_seen(found.area));
    EXPECT_NEAR(found.area.area, 0.5, 4.5 * found.area.error);
    EXPECT_NEAR(found.shuffled.area, 0.5, 4.5 * found.shuffled.error);
}

TEST(Judge, names_the_group_of_features_that_was_changed)
{
    auto smeared = halves().second;
    Worsener worsen(clic_detector(), halves().first, 1);
    for (std::size_t i = 0; i < smeared.count(); ++i)
        worsen(Worsening::smeared, std::span(smeared.cells).subspan(i * window_cells, window_cells),
               smeared.primary_energy[i], i);
    auto const found = judged(smeared);
    EXPECT_TRUE(is_seen(found.area));
    EXPECT_EQ(found.groups.front().key, "roughness");
    ASSERT_EQ(found.groups.size(), 11U);
    EXPECT_FALSE(is_seen(found.groups.back().area));
}

TEST(Judge, gives_areas_in_energy_bins_that_hold_enough_showers)
{
    auto const found = judged(halves().second);
    auto const bins = reported_bins(clic_detector());
    ASSERT_EQ(found.bins.size(), bins.size());
    std::size_t showers = 0;
    for (auto const& bin : found.bins) {
        bool const enough = bin.reference_count >= 50 && bin.candidate_count >= 50;
        EXPECT_EQ(std::isfinite(bin.area.area), enough) << bin_text(bin.bin);
        if (bin.bin != clic_detector().low_energies) showers += bin.reference_count;
    }
    EXPECT_EQ(showers, 500U);
}

TEST(Judge, says_nothing_of_fewer_than_a_hundred_showers)
{
    auto const few = judged(part_of(halves().second, 0, 99));
    EXPECT_TRUE(std::isnan(few.area.area));
    EXPECT_EQ(answer_of(few, {}), JudgeAnswer::too_few);
}

TEST(Judge, finds_showers_that_were_moved_among_its_controls)
{
    auto const reference = features_of(real_showers());
    auto const controls = Judge(reference, quick).controls();
    EXPECT_EQ(controls.half_count, 500U);
    EXPECT_FALSE(is_seen(controls.halves));
    ASSERT_EQ(controls.worsened.size(), 3U);
    auto const& moved = controls.worsened[1];
    ASSERT_EQ(moved.sizes.size(), 3U);
    EXPECT_EQ(moved.seen_at(), 125U);
    EXPECT_GT(moved.sizes.back().area.area, 0.99);
    EXPECT_TRUE(controls.worsened[0].seen_at().has_value());
}

TEST(Judge, takes_showers_that_have_a_partner_in_energy)
{
    auto const& real = real_showers();
    auto const reference = features_of(real);
    auto const low = [&] {
        data::ShowerBlock block;
        for (std::size_t i = 0; i < real.count(); ++i)
            if (real.primary_energy[i] < 250) {
                auto const cells = real.shower(i);
                block.cells.insert(block.cells.end(), cells.begin(), cells.end());
                block.primary_energy.push_back(real.primary_energy[i]);
            }
        return block;
    }();
    Judge const judge(reference, quick);
    auto const chosen = judge.chosen(observed(real), observed(low), low.count(), "low");
    EXPECT_EQ(chosen.reference.size(), chosen.candidate.size());
    EXPECT_GT(chosen.candidate.size(), low.count() * 9 / 10);
    for (auto const shower : chosen.reference) EXPECT_LT(real.primary_energy[shower], 256.0F);
    EXPECT_EQ(judge.chosen(observed(real), observed(real), real.count(), "all").reference.size(),
              real.count());
}

TEST(JudgeAnswer, is_too_few_only_where_a_control_was_not_seen)
{
    ControlAreas seen{"a", "a", {{100, {0.5, 0.1}}, {200, {0.7, 0.01}}, {400, {0.8, 0.01}}}};
    EXPECT_EQ(seen.seen_at(), 200U);
    ControlAreas const missed{"b", "b", {{100, {0.7, 0.01}}, {400, {0.52, 0.01}}}};
    EXPECT_EQ(missed.seen_at(), std::nullopt);
    Judgement found{.area = {0.51, 0.01}, .reference_count = 200, .candidate_count = 300};
    EXPECT_EQ(answer_of(found, {.worsened = {seen}}), JudgeAnswer::alike);
    EXPECT_EQ(answer_of(found, {.worsened = {seen, missed}}), JudgeAnswer::too_few);
    found.candidate_count = 150;  // fewer than the control needed
    EXPECT_EQ(answer_of(found, {.worsened = {seen}}), JudgeAnswer::too_few);
    found.area = {0.6, 0.01};
    EXPECT_EQ(answer_of(found, {.worsened = {missed}}), JudgeAnswer::told_apart);
}

}  // namespace
}  // namespace lowcal::validation
