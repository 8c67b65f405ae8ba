#include "validation/energy_match.hpp"

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

TEST(EnergyMatch, another_share_of_showers_in_a_bin_is_refused)
{
    auto const text = refusal(uniform(300, 1), uniform(300, 2, {100, 500}));
    EXPECT_NE(text.find("fast"), std::string::npos) << text;
    EXPECT_NE(text.find("2 - 50 GeV: 0 of 300 showers against"), std::string::npos) << text;
    EXPECT_NE(text.find("--energies-from"), std::string::npos) << text;
}

TEST(EnergyMatch, another_mean_energy_within_a_bin_is_refused)
{
    auto const text = refusal(uniform(100, 1, {210, 220}), uniform(100, 2, {270, 280}));
    EXPECT_NE(text.find("200 - 300 GeV: mean 27"), std::string::npos) << text;
}

TEST(EnergyMatch, one_fixed_energy_matches_itself_alone)
{
    auto const at = [](float energy, std::size_t count) {
        data::ShowerBlock block;
        for (std::size_t i = 0; i < count; ++i) append_shower(block, energy, {});
        return observed(block);
    };
    EXPECT_EQ(match_energies(at(100, 20), at(100, 30), "fast"), EnergyMatch::same_distribution);
    EXPECT_NE(refusal(at(100, 20), at(101, 30)), "");
}

TEST(EnergyMatch, empty_samples_are_refused)
{
    EXPECT_NE(refusal(uniform(3, 1), ShowerTable{}).find("fast holds no showers"),
              std::string::npos);
    EXPECT_NE(refusal(ShowerTable{}, uniform(3, 1)).find("reference holds no showers"),
              std::string::npos);
}

}  // namespace
}  // namespace lowcal::validation
