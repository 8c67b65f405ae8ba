#include "validation/compare/energy_match.hpp"

#include "core/error.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

namespace lowcal::validation {
namespace {

/// Showers of uniform energy in a range, GeV.
ShowerTable uniform(std::size_t count, std::uint64_t seed, EnergyBin range = {2, 500})
{
    std::vector<float> numbers(count);
    ItemRandom({.seed = seed, .stream = RandomStream::energy}, 0).uniform(numbers);
    data::ShowerBlock block;
    for (float const number : numbers)
        append_shower(block, static_cast<float>(range.low + (range.high - range.low) * number),
                      {{12, 12, 8, 1.0F}});
    return observed(block);
}

std::string refusal(ShowerTable const& reference, ShowerTable const& candidate)
{
    try {
        match_energies(reference, candidate, "fast");
        return {};
    } catch (InputError const& error) {
        return error.what();
    }
}

TEST(EnergyMatch, equal_energies_are_the_same_even_after_rounding)
{
    data::ShowerBlock reference;
    data::ShowerBlock rounded;
    append_shower(reference, 100.0F, {});
    append_shower(rounded, 100.0F * (1.0F + 5e-7F), {});
    EXPECT_EQ(match_energies(observed(reference), observed(rounded), "fast"),
              EnergyMatch::same_energies);
}

TEST(EnergyMatch, other_energies_of_the_same_distribution_will_do)
{
    for (std::uint64_t seed = 10; seed < 20; ++seed)
        EXPECT_EQ(match_energies(uniform(300, 1), uniform(200, seed), "fast"),
                  EnergyMatch::same_distribution);
}

TEST(EnergyMatch, another_share_of_showers_in_a_bin_calls_for_matching)
{
    EXPECT_EQ(match_energies(uniform(300, 1), uniform(300, 2, {100, 500}), "fast"),
              EnergyMatch::matched);
}

TEST(EnergyMatch, another_mean_energy_within_a_bin_calls_for_matching)
{
    EXPECT_EQ(match_energies(uniform(100, 1, {210, 220}), uniform(100, 2, {270, 280}), "fast"),
              EnergyMatch::matched);
}

/// Showers at given energies.
ShowerTable at(std::vector<float> const& energies)
{
    data::ShowerBlock block;
    for (float const energy : energies) append_shower(block, energy, {});
    return observed(block);
}

TEST(EnergyMatch, one_fixed_energy_has_its_own_distribution)
{
    EXPECT_EQ(match_energies(at(std::vector<float>(20, 100)), at(std::vector<float>(30, 100)), "f"),
              EnergyMatch::same_distribution);
    EXPECT_EQ(match_energies(at(std::vector<float>(20, 100)), at(std::vector<float>(30, 101)), "f"),
              EnergyMatch::matched);
}

TEST(MatchShowers, pairs_showers_within_two_percent_and_one_bin)
{
    // 49.6 and 50.2 are near each other, but in two bins; 150 and 154 are too far apart.
    auto const matched =
        match_showers(at({150, 49.6F, 10, 300}), at({10.1F, 10.15F, 50.2F, 154, 303}), "fast");
    EXPECT_EQ(matched.reference, (std::vector<std::uint32_t>{2, 3}));
    EXPECT_EQ(matched.candidate, (std::vector<std::uint32_t>{0, 4}));
}

TEST(MatchShowers, finds_no_partner_in_another_range)
{
    try {
        match_showers(at({10, 20}), at({100, 200}), "fast");
        FAIL();
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("fast: no shower"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("--energies-from"), std::string::npos);
    }
}

TEST(EnergyMatch, empty_samples_are_refused)
{
    EXPECT_NE(refusal(uniform(3, 1), ShowerTable{clic_detector()}).find("fast holds no showers"),
              std::string::npos);
    EXPECT_NE(
        refusal(ShowerTable{clic_detector()}, uniform(3, 1)).find("reference holds no showers"),
        std::string::npos);
}

}  // namespace
}  // namespace lowcal::validation
