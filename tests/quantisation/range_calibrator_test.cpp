#include "quantisation/scales/range_calibrator.hpp"

#include "core/error.hpp"
#include "core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowcal::quantisation {
namespace {

std::vector<float> normal_numbers(std::size_t count, std::uint64_t item = 0)
{
    std::vector<float> numbers(count);
    ItemRandom({.seed = 3, .stream = RandomStream::latent}, item).normal(numbers);
    return numbers;
}

double square_error(std::vector<float> const& numbers, Int8Scale const& scale)
{
    double sum = 0;
    for (float const x : numbers)
        sum += std::pow(scale.round_trip(static_cast<double>(x)) - static_cast<double>(x), 2);
    return sum / static_cast<double>(numbers.size());
}

Int8Scale calibrated(std::vector<float> const& numbers, RangeCalibrator::Config const& config)
{
    RangeCalibrator calibrator;
    calibrator.observe("x", numbers);
    return calibrator.scale(config);
}

TEST(Int8Scale, rounding_loses_at_most_half_a_step_inside_the_range)
{
    auto const scale = scale_for_range(-1.0, 3.0);
    double worst = 0;
    for (double x = scale.low(); x <= scale.high(); x += 1e-3)
        worst = std::max(worst, std::abs(scale.round_trip(x) - x));
    double const half = 0.5 * static_cast<double>(scale.scale) * (1 + 1e-6);
    EXPECT_LE(worst, half);
    EXPECT_GT(worst, 0.9 * half);  // a finer grid would make the check vain
    EXPECT_EQ(scale.round_trip(0.0), 0.0);
}

TEST(Int8Scale, what_is_never_negative_has_zero_point_0)
{
    EXPECT_EQ(scale_for_range(0.5, 2.0).zero_point, 0);
    EXPECT_FLOAT_EQ(scale_for_range(0.5, 2.0).scale, 2.0F / 255.0F);
    EXPECT_EQ(scale_for_range(-2.0, -0.5).zero_point, 255);
}

TEST(Int8Scale, a_range_of_zero_gets_scale_1)
{
    EXPECT_EQ(scale_for_range(0.0, 0.0).scale, 1.0F);
}

TEST(RangeCalibrator, min_max_clips_nothing_that_was_seen)
{
    auto const numbers = normal_numbers(5000);
    auto const scale = calibrated(numbers, {.method = RangeMethod::min_max});
    auto const [low, high] = std::minmax_element(numbers.begin(), numbers.end());
    double const step = static_cast<double>(scale.scale);
    EXPECT_NEAR(scale.low(), static_cast<double>(*low), step);  // the zero point is rounded
    EXPECT_NEAR(scale.high(), static_cast<double>(*high), step);
}

TEST(RangeCalibrator, mse_clips_a_value_so_rare_that_finer_steps_pay_for_it)
{
    auto numbers = normal_numbers(400000);
    numbers[7] = 12.0F;
    auto const plain = calibrated(numbers, {.method = RangeMethod::min_max});
    auto const best = calibrated(numbers, {.method = RangeMethod::mse});
    EXPECT_LT(square_error(numbers, best), 0.8 * square_error(numbers, plain));
    for (std::size_t i = 100; i < 40000; i += 100) numbers[i] = 12.0F;  // not rare any more
    EXPECT_NEAR(calibrated(numbers, {.method = RangeMethod::mse}).high(), 12.0, 0.2);
}

TEST(RangeCalibrator, mse_is_no_worse_than_min_max_on_what_it_saw)
{
    for (std::uint64_t item = 0; item < 5; ++item) {
        auto const numbers = normal_numbers(4000, item);
        auto const plain = square_error(numbers, calibrated(numbers, {RangeMethod::min_max}));
        auto const best = square_error(numbers, calibrated(numbers, {RangeMethod::mse}));
        EXPECT_LT(best, 1.05 * plain);  // its histogram has 4096 bins: a few per cent
    }
}

TEST(RangeCalibrator, mse_clips_rare_values_of_what_is_never_negative_too)
{
    auto numbers = normal_numbers(400000);
    for (auto& x : numbers) x = std::abs(x);
    numbers[7] = 12.0F;
    auto const scale = calibrated(numbers, {.method = RangeMethod::mse});
    EXPECT_EQ(scale.zero_point, 0);
    EXPECT_LT(scale.high(), 11.0);
}

TEST(RangeCalibrator, percentile_leaves_out_the_stated_share)
{
    auto const numbers = normal_numbers(40000);
    RangeCalibrator calibrator;
    calibrator.observe("x", numbers);
    auto const scale = calibrator.scale({.method = RangeMethod::percentile, .percentile = 0.98});
    EXPECT_NEAR(calibrator.clipped_share(scale), 0.02, 0.004);  // a step of the scale, 4 sigma
    EXPECT_THROW(calibrator.scale({.method = RangeMethod::percentile, .percentile = 0.0}),
                 InputError);
}

TEST(RangeCalibrator, entropy_keeps_the_bulk_and_drops_a_far_outlier)
{
    auto numbers = normal_numbers(20000);
    numbers[3] = 300.0F;
    auto const scale = calibrated(numbers, {.method = RangeMethod::entropy});
    EXPECT_LT(scale.high(), 150.0);
    EXPECT_GT(scale.high(), 2.0);
}

TEST(RangeCalibrator, blocks_of_growing_size_make_the_same_scale_as_one_block)
{
    auto numbers = normal_numbers(6000);
    for (std::size_t i = 0; i < numbers.size(); ++i)  // the range doubles on the way
        numbers[i] *= 1.0F + static_cast<float>(i) / 500.0F;
    RangeCalibrator whole, parts;
    whole.observe("x", numbers);
    for (std::size_t at = 0; at < numbers.size(); at += 100)
        parts.observe("x", std::span(numbers).subspan(at, 100));
    EXPECT_EQ(parts.count(), whole.count());
    for (auto const method : {RangeMethod::min_max, RangeMethod::mse, RangeMethod::percentile}) {
        auto const one = whole.scale({.method = method});
        auto const other = parts.scale({.method = method});
        EXPECT_EQ(one.scale, other.scale) << name_of(method);
        EXPECT_EQ(one.zero_point, other.zero_point) << name_of(method);
    }
}

TEST(RangeCalibrator, says_which_tensor_holds_a_number_that_is_not_finite)
{
    RangeCalibrator calibrator;
    std::vector<float> const numbers{1.0F, std::numeric_limits<float>::infinity()};
    try {
        calibrator.observe("branch_z.conv1", numbers);
        ADD_FAILURE() << "no InputError was thrown";
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("branch_z.conv1"), std::string::npos);
    }
    EXPECT_THROW(RangeCalibrator().scale({}), InputError);  // nothing observed
}

TEST(RangeMethod, names_are_read_back)
{
    for (auto const* name : {"minmax", "percentile", "mse", "entropy"})
        EXPECT_EQ(name_of(parse_range_method(name)), name);
    EXPECT_THROW(parse_range_method("median"), InputError);
}

}  // namespace
}  // namespace lowcal::quantisation
