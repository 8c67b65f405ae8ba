// Showers in layers that differ, as the CaloChallenge's data set 1, and point clouds, through the
// commands that take them.

#include "core/random.hpp"
#include "data/reading/shower_reader.hpp"
#include "end_to_end/helpers/program.hpp"
#include "end_to_end/helpers/refused.hpp"
#include "end_to_end/helpers/samples.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "runtime/small_networks.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t cells = 4 + 5 * 4 + 3 * 4;  // of photons
constexpr char const* binning = R"(<?xml version="1.0"?>
<Bins>
  <Bin pid="211" name="pion"><Layer id="0" r_edges="0,7,9" n_bin_alpha="3"/></Bin>
  <Bin pid="22" etaMin="0" etaMax="130" name="photon">
    <Layer id="0" r_edges="0,5,10,30,50" n_bin_alpha="1"/>
    <Layer id="1" r_edges="0,2,4,6,8,20" n_bin_alpha="4"/>
    <Layer id="2" r_edges="0" n_bin_alpha="1"/>
    <Layer id="3" r_edges="0,2,5,40" n_bin_alpha="4"/>
  </Bin>
</Bins>
)";

class UnlikeLayers : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string xml = folder / "binning.xml";
    std::string photons = xml + ":photon";
    std::string showers = folder / "showers.h5";

    void SetUp() override
    {
        std::ofstream(xml) << binning;
        write(showers, 0);
    }

    /// 60 showers of 1 to 64 GeV as the CaloChallenge writes them.
    static void write(fs::path const& path, std::size_t first)
    {
        constexpr std::size_t count = 60;
        std::vector<float> energies;
        std::vector<float> voxels;
        for (std::size_t i = 0; i < count; ++i) {
            std::vector<float> random(cells + 1);
            ItemRandom({.seed = 5}, first + i).uniform(random);
            energies.push_back(1000.0F * std::pow(64.0F, random[cells]));
            for (std::size_t cell = 0; cell < cells; ++cell)
                voxels.push_back(random[cell] < 0.3F ? 0.0F
                                                     : random[cell] * 0.03F * energies.back() / 20);
        }
        data::RawFile file(path);
        file.floats("showers", {count, cells}, voxels);
        file.floats("incident_energies", {count, 1}, energies);
    }

    /// A network of one flat output that does not say its detector.
    static void write_network(fs::path const& path)
    {
        test::NetworkBuilder net;
        net.graph.inputs = {{.name = "latent", .shape = {graph::batch_dimension, 6}},
                            {.name = "energy", .shape = {graph::batch_dimension, 1}}};
        net.graph.outputs = {{.name = "shower", .shape = {graph::batch_dimension, cells}}};
        net.graph.constants["unit"] = {.shape = {1}, .floats = {0.001F}};
        net.node("Mul", "energy_in_units", {"energy", "unit"});
        net.node("Mul", "scaled", {"latent", "energy_in_units"});
        net.node("Gemm", "dense",
                 {"scaled", net.constant("w", {cells, 6}), net.constant("b", {cells}, 1e6F)},
                 {{"transB", std::int64_t{1}}});
        net.node("Relu", "shower", {"dense"});
        graph::write_onnx(net.graph, path);
    }
};

TEST_F(UnlikeLayers, are_described_and_keep_their_numbers)
{
    auto const info =
        parse_json(succeed({"info", showers, "--json", "--detector", photons}).output);
    EXPECT_EQ(info["detector"]["layers"].size(), 4U);
    EXPECT_TRUE(mentions(succeed({"info", showers, "--detector", photons}).output,
                         {"36 cells in 4 layers that differ (layer, angle, radius)"}));

    succeed({"convert", showers, folder / "a.h5", "--to", "calochallenge", "--detector", photons});
    EXPECT_EQ(data::read_numbers(folder / "a.h5", "showers"),
              data::read_numbers(showers, "showers"));
    EXPECT_EQ(data::read_numbers(folder / "a.h5", "incident_energies"),
              data::read_numbers(showers, "incident_energies"));

    succeed(
        {"convert", folder / "a.h5", folder / "points.h5", "--to", "showerdata", "--pdg", "22"});
    auto const points = data::read_all_showers(folder / "points.h5");
    EXPECT_EQ(points.cells, data::read_all_showers(folder / "a.h5").cells);
    EXPECT_EQ(points.pdg_code, std::vector<float>(60, 22.0F));
    succeed({"convert", folder / "points.h5", folder / "again.h5", "--to", "showerdata"});
    EXPECT_TRUE(content(folder / "again.h5") == content(folder / "points.h5"));
}

TEST_F(UnlikeLayers, are_generated_and_judged)
{
    auto const network = folder / "network.onnx";
    write_network(folder / "bare.onnx");
    succeed(
        {"describe", folder / "bare.onnx", "--detector", photons, "--pdg", "22", "--out", network});
    succeed({"convert", showers, folder / "reference.h5", "--to", "calochallenge", "--detector",
             photons});
    succeed({"generate", network, "--energies-from", folder / "reference.h5", "--count", "60",
             "--threads", "1", "--out", folder / "made.h5"});
    data::ShowerReader const made(folder / "made.h5");
    EXPECT_EQ(made.layout(), data::Layout::calochallenge);
    EXPECT_EQ(made.detector().cells(), cells);
    write(folder / "b.h5", 60);
    succeed({"convert", folder / "b.h5", folder / "other.h5", "--to", "calochallenge", "--detector",
             photons});
    succeed({"evaluate", "--reference", folder / "reference.h5", "--candidate",
             "network=" + network.string(), "--candidate",
             "other=" + (folder / "other.h5").string(), "--out", folder / "report"});
    auto const results = parse_json(content(folder / "report" / "results.json"));
    EXPECT_FALSE(results.is_null());
    EXPECT_TRUE(fs::exists(folder / "report" / "report.html"));
}

TEST_F(UnlikeLayers, are_refused_where_a_grid_is_needed)
{
    auto const named = folder / "named.h5";
    succeed({"convert", showers, named, "--to", "calochallenge", "--detector", photons});
    auto const out = folder / "out.h5";
    expect_refused({
        {{"convert", named, out, "--to", "clic"}, {"clic", "its layers differ"}},
        {{"convert", named, out, "--to", "variable_angle"},
         {"variable_angle", "its layers differ"}},
        {{"convert", named, out, "--to", "calochallenge", "--crop", "3x4x5"},
         {"cannot crop", "layers differ"}},
    });
}

TEST_F(UnlikeLayers, need_a_binning_that_fits)
{
    std::ofstream(folder / "bad.xml") << "<Bins><Bin name=\"photon\"><Layer id=\"0\" "
                                         "r_edges=\"0,3,2\" n_bin_alpha=\"1\"/></Bin></Bins>";
    std::ofstream(folder / "cut.xml") << "<Bins><Bin name=\"photon\">";
    expect_refused({
        {{"info", showers}, {"showers.h5", "[60, 36]", "binning XML"}},
        {{"info", showers, "--detector", xml}, {"binning.xml", "several particles: pion, photon"}},
        {{"info", showers, "--detector", xml + ":kaon"}, {"binning.xml", "no particle kaon"}},
        {{"info", showers, "--detector", xml + ":pion"}, {"showers.h5", "[60, 36]", "6"}},
        {{"info", showers, "--detector", folder / "bad.xml"},
         {"bad.xml", "layer 0", "do not ascend"}},
        {{"info", showers, "--detector", folder / "cut.xml"}, {"cut.xml", "no XML"}},
        {{"info", showers, "--detector", showers}, {"showers.h5", "no JSON"}},
    });
}

}  // namespace
}  // namespace lowcal::end_to_end
