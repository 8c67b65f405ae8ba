#include "cli/benchmark.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace lowcal::cli {
namespace {

BenchmarkRow row(std::string arch, std::string precision, std::int64_t batch, double milliseconds)
{
    return {.model = arch + "." + precision + ".onnx",
            .arch = arch,
            .precision = std::move(precision),
            .batch = batch,
            .us_per_shower = 1000 * milliseconds,
            .rss_mb = 40,
            .file_mb = 8,
            .monte_carlo_ratio = 1440 / milliseconds};
}

std::string line_with(std::string const& text, std::string const& start)
{
    auto const first = text.find(start);
    return first == std::string::npos ? "" : text.substr(first, text.find('\n', first) - first);
}

TEST(SpeedUpText, compares_the_best_batch_of_each_network_with_the_float32_ones)
{
    auto small = row("conv2d", "int8", 8, 5);
    small.rss_mb = 20;
    small.file_mb = 2;
    auto const text = speed_up_text({small, row("conv2d", "f32", 1, 30),
                                     row("conv2d", "f32", 8, 20), row("conv3d", "f32", 8, 50)});
    EXPECT_EQ(
        line_with(text, "conv3d   f32"),
        "conv3d   f32       50.000      1.00x      0.40x     28.80x      40     1.00x     8.00"
        "     1.00x");
    EXPECT_EQ(
        line_with(text, "conv2d   f32"),
        "conv2d   f32       20.000      2.50x      1.00x     72.00x      40     1.00x     8.00"
        "     1.00x");
    EXPECT_EQ(
        line_with(text, "conv2d   int8"),
        "conv2d   int8       5.000     10.00x      4.00x       288x      20     2.00x     2.00"
        "     4.00x");
    EXPECT_LT(text.find("conv3d   f32"), text.find("conv2d   f32"));
    EXPECT_LT(text.find("conv2d   f32"), text.find("conv2d   int8"));
}

TEST(SpeedUpText, leaves_out_ratios_that_need_what_was_not_measured)
{
    auto alone = row("lean", "int8", 1, 0.1);
    alone.monte_carlo_ratio = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(
        line_with(speed_up_text({alone}), "lean"),
        "lean     int8       0.100          -          -          -      40         -     8.00"
        "         -");
}

}  // namespace
}  // namespace lowcal::cli
