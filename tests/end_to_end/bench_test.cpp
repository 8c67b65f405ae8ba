#include "helpers/program.hpp"
#include "helpers/samples.hpp"

namespace lowcal::end_to_end {
namespace {

TEST(Bench, writes_the_keys_that_scripts_read_with_numbers_that_belong_together)
{
    TemporaryFolder const folder;
    auto const file = (folder / "speed.json").string();
    succeed({"bench", shipped_network(), "--rounds", "1", "--batch", "1,2", "--reference",
             validation_showers(), "--json", file});
    auto const results = parse_json(content(file));
    EXPECT_TRUE(has_keys(results, {"rows", "units", "command", "machine"}));
    ASSERT_EQ(results["rows"].size(), 2U);
    auto const network = parse_json(succeed({"info", "--json", shipped_network()}).output);
    double const macs = network["macs_per_shower"];
    auto const megabytes =
        1e-6 * static_cast<double>(std::filesystem::file_size(shipped_network()));
    for (auto const& row : results["rows"]) {
        EXPECT_TRUE(has_keys(
            row, {"model", "arch", "precision", "batch", "threads", "us_per_shower", "us_error",
                  "gmac_per_s", "peak_fraction", "rss_mb", "file_mb", "load_ms", "plan_mb",
                  "workspace_mb", "monte_carlo_ratio", "transposed"}));
        EXPECT_EQ(row["model"], shipped_network());
        EXPECT_EQ(row["arch"], "conv2d");
        EXPECT_EQ(row["precision"], "f32");
        EXPECT_EQ(row["threads"], 1);
        double const seconds = row["us_per_shower"].get<double>() / 1e6;
        EXPECT_NEAR(row["gmac_per_s"].get<double>() * seconds * 1e9 / macs, 1.0, 1e-9);
        EXPECT_GT(row["peak_fraction"], 0.0);
        EXPECT_NEAR(row["file_mb"], megabytes, 1e-9);
        EXPECT_GT(row["rss_mb"], row["file_mb"]);  // the weights are in memory
        EXPECT_GT(row["load_ms"], 0.0);
        EXPECT_GT(row["plan_mb"].get<double>(), 0.9 * megabytes);  // float32, as in the file
        double const cells = 25 * 25 * 25 * 4 * 1e-6;
        EXPECT_GT(row["workspace_mb"].get<double>(), cells);
        EXPECT_LT(row["plan_mb"].get<double>() + row["workspace_mb"].get<double>(), row["rss_mb"]);
        EXPECT_GT(row["monte_carlo_ratio"], 1.0);
    }
    EXPECT_EQ(results["rows"][0]["batch"], 1);
    EXPECT_EQ(results["rows"][1]["batch"], 2);
}

TEST(Bench, says_null_for_the_ratio_when_there_is_no_monte_carlo_time)
{
    TemporaryFolder const folder;
    data::write_clic(folder / "untimed.h5", data::make_showers(2));
    succeed({"bench", shipped_network(), "--rounds", "1", "--batch", "1", "--reference",
             folder / "untimed.h5", "--json", folder / "speed.json"});
    auto const row = parse_json(content(folder / "speed.json"))["rows"][0];
    EXPECT_TRUE(row["monte_carlo_ratio"].is_null());
}

TEST(Bench, measures_a_network_whose_name_holds_a_quote_and_a_space)
{
    TemporaryFolder const folder;
    auto const odd = folder / "it's mine.onnx";
    std::filesystem::copy_file(shipped_network(), odd);
    succeed({"bench", odd, "--rounds", "1", "--batch", "1", "--json", folder / "speed.json"});
    auto const row = parse_json(content(folder / "speed.json"))["rows"][0];
    EXPECT_TRUE(row["rss_mb"].is_number()) << row;
}

}  // namespace
}  // namespace lowcal::end_to_end
