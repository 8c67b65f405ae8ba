#include "core/detector/known_detectors.hpp"
#include "data/reading/shower_reader.hpp"
#include "helpers/program.hpp"
#include "helpers/samples.hpp"

#include <algorithm>
#include <numeric>

namespace lowcal::end_to_end {
namespace {

TEST(Info, counts_the_showers_of_a_file_in_all_and_in_bins_of_energy)
{
    auto const info = parse_json(succeed({"info", "--json", validation_showers()}).output);
    auto const energies = data::ShowerReader(validation_showers()).read_primary_energies();
    EXPECT_EQ(info["showers"], energies.size());
    EXPECT_EQ(info["layout"], "clic");
    EXPECT_EQ(info["showers_skipped"], 0);
    auto const [lowest, highest] = std::ranges::minmax(energies);
    EXPECT_EQ(info["primary_energy_gev"]["lowest"], lowest);
    EXPECT_EQ(info["primary_energy_gev"]["highest"], highest);
    auto const energy_bins = clic_detector().energy_bins();
    ASSERT_EQ(info["sampling_fraction"].size(), energy_bins.size());
    for (std::size_t i = 0; i < energy_bins.size(); ++i) {
        auto const inside = [&](float energy) {
            return energy_bins[i].contains(static_cast<double>(energy));
        };
        EXPECT_EQ(info["sampling_fraction"][i]["count"], std::ranges::count_if(energies, inside));
    }
    EXPECT_EQ(info["sampling_fraction_all"]["count"], energies.size());
    EXPECT_EQ(info["unit_suspicion"], "");
}

TEST(Info, says_the_same_in_words)
{
    auto const text = succeed({"info", validation_showers()}).output;
    auto const count = data::ShowerReader(validation_showers()).count();
    EXPECT_TRUE(mentions(text, {validation_showers(), "showers          " + std::to_string(count),
                                "units            plausible"}));
}

TEST(Info, finds_the_mean_sampling_fraction_of_the_showers)
{
    TemporaryFolder const folder;
    auto const showers = data::make_showers(20);
    double mean = 0;
    for (std::size_t i = 0; i < showers.count(); ++i) {
        auto const cells = showers.shower(i);
        mean += std::accumulate(cells.begin(), cells.end(), 0.0) /
                double{showers.primary_energy[i]} / 20;
    }
    data::write_clic(folder / "a.h5", showers);
    auto const info = parse_json(succeed({"info", "--json", folder / "a.h5"}).output);
    double const rounding = 1e-12;  // of sums of some ten thousand doubles in any order
    EXPECT_NEAR(info["sampling_fraction_all"]["mean"], mean, rounding);
    EXPECT_GT(mean, 0.01);
}

TEST(Info, warns_of_a_file_in_the_wrong_unit)
{
    TemporaryFolder const folder;
    auto showers = data::make_showers(4);
    for (auto& cell : showers.cells) cell *= 1000.0F;
    data::write_clic(folder / "mev.h5", showers);
    auto const outcome = succeed({"info", folder / "mev.h5"});
    EXPECT_TRUE(mentions(outcome.errors, {"Warning", "mev.h5", "MeV taken for GeV"}));
}

TEST(Info, describes_a_network_whose_layers_add_up_to_the_whole)
{
    auto const info = parse_json(succeed({"info", "--json", shipped_network()}).output);
    EXPECT_TRUE(has_keys(info, {"file", "kind", "name", "inputs", "outputs", "opset", "ir_version",
                                "producer", "parameters", "macs_per_shower", "file_bytes", "sha256",
                                "metadata", "layers", "steps", "ports"}));
    EXPECT_EQ(info["kind"], "network");
    EXPECT_EQ(info["name"], "conv2d");
    EXPECT_EQ(info["file_bytes"], std::filesystem::file_size(shipped_network()));
    EXPECT_EQ(info["sha256"].get<std::string>().size(), 64U);
    EXPECT_EQ(info["outputs"][0]["shape"], (std::vector<int>{-1, 25, 25, 25}));
    std::int64_t parameters = 0;
    double multiply_accumulates = 0;
    for (auto const& layer : info["layers"]) {
        parameters += layer["parameters"].get<std::int64_t>();
        multiply_accumulates += layer["macs_per_shower"].get<double>();
    }
    EXPECT_EQ(info["parameters"], parameters);
    EXPECT_EQ(info["macs_per_shower"], multiply_accumulates);
    // float32 weights are nearly the whole file.
    EXPECT_GT(info["file_bytes"], 4 * parameters);
    EXPECT_LT(info["file_bytes"], 4 * parameters + 65536);
}

TEST(Info, names_a_networks_conditioning_and_training_in_words)
{
    auto const text = succeed({"info", shipped_network()}).output;
    EXPECT_TRUE(mentions(text, {"network 'conv2d'", "latent / its rms x energy / 100 GeV", "steps",
                                "ConvTranspose", "SHA-256"}));
}

}  // namespace
}  // namespace lowcal::end_to_end
