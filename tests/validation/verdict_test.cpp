#include "validation/verdict/verdict.hpp"

#include "validation/known_showers.hpp"
#include "validation/worsened_showers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace lowcal::validation {
namespace {

Verdict verdict_on(ShowerTable const& reference, ShowerTable const& candidate,
                   TestConfig const& config = {})
{
    auto const match = match_energies(reference, candidate, "candidate");
    return judge(pool(reference, candidate, match), reference, candidate, config);
}

ObservableSet const& clic_set()
{
    static ObservableSet const set(clic_detector());
    return set;
}

Subject subject(std::string const& key)
{
    return find_subject(key, clic_set());
}

SubjectVerdict const& find(Verdict const& verdict, Subject const& subject)
{
    return *std::ranges::find(verdict.subjects, subject, &SubjectVerdict::subject);
}

/// Five hundred real showers against another five hundred, made worse.
Verdict worsened(std::function<void(data::ShowerBlock&)> const& change)
{
    static auto const reference = observed(part_of(real_showers(), 0, 500));
    auto block = part_of(real_showers(), 500, 500);
    change(block);
    return verdict_on(reference, observed(block));
}

void expect_first(Verdict const& verdict, Subject const& subject)
{
    EXPECT_EQ(verdict.answer, Answer::different);
    EXPECT_EQ(verdict.subjects.front().answer, Answer::different);
    EXPECT_EQ(name_of(verdict.subjects.front().subject, clic_set()).key,
              name_of(subject, clic_set()).key);
}

// What the real halves do not differ in; each change below is seen by the same judge.
TEST(Verdict, real_showers_are_not_called_different)
{
    auto const verdict = worsened([](auto&) {});
    EXPECT_NE(verdict.answer, Answer::different);
    EXPECT_EQ(verdict.subjects.size(), subjects_of(clic_set()).size());
    EXPECT_GT(verdict.threshold, 3.0);
    EXPECT_LT(verdict.threshold, 6.0);
}

TEST(Verdict, a_layer_without_energy_is_seen_in_the_profile_along_the_beam)
{
    expect_first(worsened([](auto& block) { silence_layer(block, 12); }), subject("profile_z"));
}

TEST(Verdict, energies_three_percent_too_high_are_seen_in_the_sampling_fraction)
{
    auto const verdict = worsened([](auto& block) { scale_cells(block, 1.03F); });
    EXPECT_EQ(verdict.answer, Answer::different);
    auto const& fraction = find(verdict, subject("sampling_fraction"));
    EXPECT_EQ(fraction.answer, Answer::different);
    // The halves themselves differ by chance: three joint errors.
    auto const& shift = fraction.effects.front();
    EXPECT_NEAR(shift.value, 3.0, 3 * shift.error);
    EXPECT_GT(std::abs(shift.value), 3 * shift.error);
}

TEST(Verdict, smeared_cells_are_seen_in_the_spectrum)
{
    expect_first(worsened([](auto& block) { smear_cells(block, 0.2F, 5); }),
                 subject("cell_spectrum"));
}

TEST(Verdict, noise_hits_are_seen_in_the_spectrum)
{
    expect_first(worsened([](auto& block) { add_noise(block, 0.01F, 1e-4F, 5); }),
                 subject("cell_spectrum"));
}

TEST(Verdict, lost_small_hits_are_seen_in_the_spectrum)
{
    expect_first(worsened([](auto& block) { remove_hits_below(block, 0.15e-3F); }),
                 subject("cell_spectrum"));
}

TEST(Verdict, a_tenth_of_the_showers_moved_by_a_cell_is_seen_in_the_mean_in_x)
{
    auto const verdict = worsened([](auto& block) { shift_in_x(block, 10); });
    expect_first(verdict, subject("x_mean"));
    EXPECT_EQ(verdict.subjects.front().strongest.test.aspect, Aspect::high_tail);
}

TEST(Verdict, copies_are_seen_in_the_diversity)
{
    expect_first(worsened([](auto& block) { duplicate_a_quarter(block); }), subject("diversity"));
}

TEST(Verdict, exchanged_energies_are_seen_in_the_spread_of_the_sampling_fraction)
{
    auto const verdict = worsened([](auto& block) { shuffle_energies(block, 20, 5); });
    expect_first(verdict, subject("sampling_fraction"));
    EXPECT_EQ(verdict.subjects.front().strongest.test.aspect, Aspect::spread);
}

TEST(Verdict, is_a_function_of_the_seed_whatever_the_threads)
{
    auto const reference = observed(part_of(real_showers(), 0, 100));
    auto const candidate = observed(part_of(real_showers(), 100, 100));
    auto const with = [&](std::uint64_t seed, int threads) {
        return verdict_on(reference, candidate,
                          {.seed = seed, .permutations = 99, .threads = threads});
    };
    EXPECT_EQ(with(1, 1).threshold, with(1, 2).threshold);
    EXPECT_NE(with(1, 1).threshold, with(2, 1).threshold);
}

TEST(Verdict, few_showers_are_too_few_and_it_says_how_many_are_needed)
{
    auto const verdict = verdict_on(observed(part_of(real_showers(), 0, 60)),
                                    observed(part_of(real_showers(), 60, 60)));
    EXPECT_EQ(verdict.answer, Answer::too_few);
    auto const& fraction = find(verdict, subject("sampling_fraction"));
    EXPECT_EQ(fraction.answer, Answer::too_few);
    // Errors fall with the root of the number: 2.33 errors within the tolerance.
    auto const& shift = fraction.effects.front();
    double const allowed = std::max(shift.tolerance - std::abs(shift.value), shift.tolerance / 2);
    EXPECT_GE(static_cast<double>(fraction.showers_needed),
              60 * std::pow(2.33 * shift.error / allowed, 2));
    EXPECT_GT(verdict.showers_needed, 200U);
}

TEST(Verdict, showers_without_energy_and_constants_are_no_obstacle)
{
    data::ShowerBlock empty;
    for (int i = 0; i < 40; ++i) append_shower(empty, 100.0F, {});
    auto const same = verdict_on(observed(empty), observed(empty));
    for (auto const& one : subjects_of(clic_set()))
        if (one.kind == Subject::Kind::observable) {
            EXPECT_EQ(find(same, one).answer, Answer::constant);
        }
    auto const other = verdict_on(observed(normal_showers(40, 1)), observed(empty));
    EXPECT_EQ(other.answer, Answer::different);
    EXPECT_EQ(find(other, Subject{}).answer, Answer::different);  // sampling fraction
}

TEST(Verdict, constants_that_differ_are_different)
{
    auto const constant = [](float cell) {
        data::ShowerBlock block;
        for (int i = 0; i < 40; ++i) append_shower(block, 100.0F, {{12, 12, 8, cell}});
        return observed(block);
    };
    EXPECT_EQ(verdict_on(constant(2.0F), constant(2.1F)).answer, Answer::different);
    EXPECT_NE(verdict_on(constant(2.0F), constant(2.0F)).answer, Answer::different);
}

TEST(Verdict, single_showers_cannot_be_tested)
{
    auto const verdict = verdict_on(observed(part_of(real_showers(), 0, 1)),
                                    observed(part_of(real_showers(), 1, 1)));
    EXPECT_EQ(verdict.answer, Answer::too_few);
}

}  // namespace
}  // namespace lowcal::validation
