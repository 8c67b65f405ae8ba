#include "validation/verdict/memorisation.hpp"

#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::validation {
namespace {

TEST(Memorisation, counts_showers_closer_than_a_twentieth_of_the_reference)
{
    std::vector<float> reference;
    for (int i = 1; i <= 100; ++i) reference.push_back(static_cast<float>(i));
    std::vector<float> const candidate{0.5F, 1.5F, 5.5F, 50, 70};
    auto const memory = compare_memorisation(reference, candidate);
    EXPECT_DOUBLE_EQ(memory.expected, 0.05);
    EXPECT_DOUBLE_EQ(memory.share, 0.6);  // three lie below the sixth of the reference, 6
    double const joint = 8.0 / 105;
    EXPECT_NEAR(memory.sigmas, 0.55 / std::sqrt(joint * (1 - joint) * (0.01 + 0.2)), 1e-9);
    EXPECT_TRUE(std::isnan(compare_memorisation({}, candidate).share));
}

TEST(Memorisation, is_found_where_a_third_of_the_showers_are_training_showers)
{
    auto const training = observed(part_of(real_showers(), 0, 400));
    auto const reference = observed(part_of(real_showers(), 400, 300));
    auto const real = distances_to_training(training, reference);
    auto const share_of = [&](ShowerTable const& candidate) {
        return compare_memorisation(real, distances_to_training(training, candidate));
    };
    auto copied = part_of(real_showers(), 700, 200);
    auto const some = part_of(real_showers(), 0, 100);
    copied.cells.insert(copied.cells.end(), some.cells.begin(), some.cells.end());
    copied.primary_energy.insert(copied.primary_energy.end(), some.primary_energy.begin(),
                                 some.primary_energy.end());
    EXPECT_GT(share_of(observed(copied)).sigmas, 5.0);
    EXPECT_GE(share_of(observed(copied)).share, 1.0 / 3);
    EXPECT_LT(std::abs(share_of(observed(part_of(real_showers(), 700, 300))).sigmas), 4.0);
}

}  // namespace
}  // namespace lowcal::validation
