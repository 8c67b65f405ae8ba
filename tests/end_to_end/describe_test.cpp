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
