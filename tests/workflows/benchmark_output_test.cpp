#include "core/detector/known_detectors.hpp"
#include "workflows/bench/benchmark.hpp"
#include "workflows/bench/network_table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory>

namespace lowcal::workflows {
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

TEST(DemoTable, joins_speed_and_physics_of_a_network_by_the_name_of_its_file)
{
    validation::Comparison physics;
    physics.name = "conv2d.int8";
    physics.set = std::make_shared<lowcal::physics::ObservableSet const>(clic_detector());
    physics.shape_mse = {.value = 0.02, .error = 0.003, .floor = 0.0007};
    physics.reference_hits = {.value = 1630, .error = 18};
    physics.candidate_hits = {.value = 561.6, .error = 2};
    physics.judgement = validation::Judgement{.area = {0.77, 0.01}};
    for (double const ratio : {0.99, 1.0, 1.0, 1.0, 1.0, 1.03, 2.0}) {  // the last: 2 - 10 GeV
        validation::SamplingFractionRow bin;
        bin.reference = {.count = 10, .mean = 0.02, .rms = 0.001};
        bin.candidate = {.count = 10, .mean = 0.02 * ratio, .rms = 0.001 * ratio * ratio};
        physics.sampling_fraction.push_back(bin);
    }
    validation::Evaluation evaluation;
    evaluation.reference_name = "Geant4";
    evaluation.comparisons = {physics};
    evaluation.comparisons.push_back(physics);
    evaluation.comparisons[1].name = "Geant4 halves";  // no network
    auto slow = row("conv2d", "int8", 1, 9);
    auto const text =
        network_table({slow, row("conv2d", "int8", 8, 5), row("lean", "f32", 8, 1)}, evaluation);
    EXPECT_EQ(
        line_with(text, "| conv2d"),
        "| conv2d  | int8      | 5           | 288x        | 40 MB  | 8.00 MB | 0.770 +- 0.010 "
        "| 0.0200 +- 0.0030   | -1.0 to +3.0 %    | 0.98-1.06  | 562         |");
    slow.monte_carlo_ratio = std::numeric_limits<double>::quiet_NaN();
    EXPECT_NE(line_with(network_table({slow}, evaluation), "| conv2d").find("| -           |"),
              std::string::npos);
    EXPECT_EQ(text.find("lean"), std::string::npos);
    EXPECT_EQ(text.find("halves"), std::string::npos);
    EXPECT_NE(text.find("shape MSE (0.0007)"), std::string::npos);
}

}  // namespace
}  // namespace lowcal::workflows
