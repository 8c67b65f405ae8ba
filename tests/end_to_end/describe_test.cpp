#include "core/detector/detector_json.hpp"
#include "core/detector/known_detectors.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "helpers/networks.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"

#include <fstream>

namespace lowcal::end_to_end {
namespace {

TEST(Describe, writes_detector_and_particle_and_changes_nothing_else)
{
    TemporaryFolder const folder;
    succeed({"describe", shipped_network(), "--out", folder / "a.onnx", "--pdg", "22"});
    auto before = graph::read_onnx(shipped_network());
    auto const after = graph::read_onnx(folder / "a.onnx");
    EXPECT_EQ(detector_from_json(after.metadata.at(detector_key), "a.onnx"), clic_detector());
    EXPECT_EQ(after.metadata.at(graph::pdg_key), "22");
    EXPECT_EQ(after.nodes.size(), before.nodes.size());
    ASSERT_EQ(after.constants.size(), before.constants.size());
    for (auto const& [name, tensor] : before.constants)
        EXPECT_EQ(after.constants.at(name).floats, tensor.floats) << name;
}

TEST(Describe, says_what_conditions_a_network_was_trained_with)
{
    TemporaryFolder const folder;
    auto const network = folder / "a.onnx";
    std::string const angles = LOWCAL_SOURCE_DIR "/models/angles.int8.onnx";
    auto const said =
        succeed({"describe", angles, "--out", network, "--pdg", "11/22", "--theta", "1.25:1.9"})
            .output;
    EXPECT_TRUE(mentions(said, {"PDG code 11,22", "theta=1.25:1.9"})) << said;
    auto const generate = [&](std::string const& pdg, std::string const& theta) {
        return lowcal({"generate", network, "--energy", "50", "--count", "4", "--pdg", pdg,
                       "--theta", theta, "--out", folder / "a.h5"});
    };
    auto const inside = generate("11/22", "1.245:1.9");
    EXPECT_EQ(inside.exit_code, 0);
    EXPECT_FALSE(mentions(inside.errors, {"theta"})) << inside.errors;
    auto const outside = generate("11", "1.3:1.95");
    EXPECT_EQ(outside.exit_code, 0);
    EXPECT_TRUE(mentions(outside.errors, {"Warning: theta of 1.3 to 1.95 rad", "1.25 to 1.9"}))
        << outside.errors;
    auto const other = generate("211", "1.5");
    EXPECT_EQ(other.exit_code, 1);
    EXPECT_TRUE(mentions(other.errors, {"PDG code 211", "11, 22"})) << other.errors;
    for (auto const& wrong : {std::vector<std::string>{"--pdg", "11/22"}, {"--theta", "1:2"}}) {
        std::vector<std::string> arguments{"describe", shipped_network(), "--out",
                                           folder / "b.onnx"};
        arguments.insert(arguments.end(), wrong.begin(), wrong.end());
        EXPECT_EQ(lowcal(arguments).exit_code, 2) << wrong.front();
    }
}

TEST(Describe, puts_a_given_detector_in_the_place_of_its_own)
{
    TemporaryFolder const folder;
    auto narrow = clic_detector();
    narrow.primary_energies = {5.0, 100.0};
    narrow.energy_edges = {5.0, 20.0, 100.0};
    narrow.low_energies = {};
    std::ofstream(folder / "d.json") << to_json(narrow);
    succeed({"describe", shipped_network(), "--detector", folder / "d.json", "--out",
             folder / "a.onnx"});
    auto const after = graph::read_onnx(folder / "a.onnx");
    EXPECT_EQ(detector_from_json(after.metadata.at(detector_key), "a.onnx"), narrow);
}

TEST(Describe, refuses_a_detector_that_does_not_fit)
{
    TemporaryFolder const folder;
    std::ofstream(folder / "d.json") << to_json(calochallenge_2());
    auto const refused = lowcal({"describe", shipped_network(), "--detector", folder / "d.json",
                                 "--out", folder / "a.onnx"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(mentions(refused.errors, {"another detector", "axis 0 is x"}));
    EXPECT_FALSE(std::filesystem::exists(folder / "a.onnx"));
}

}  // namespace
}  // namespace lowcal::end_to_end
