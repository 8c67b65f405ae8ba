// Other calorimeters than the shipped one, through every command.

#include "core/detector/detector_json.hpp"
#include "core/detector/known_detectors.hpp"
#include "core/unlike_layers.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/writing/shower_writer.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "helpers/invented.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"

#include <hdf5.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

class Detectors : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string showers = folder / "showers.h5";
    std::string network = folder / "network.onnx";
    std::string int8 = folder / "network.int8.onnx";

    void train(std::string const& architecture) const
    {
        succeed({"train", "--arch", architecture, "--data", showers, "--out", folder / "run",
                 "--held-out", "8", "--batch", "8", "--threads", "1", "--head-steps", "5",
                 "--steps", "8"});
        succeed({"train", "--arch", architecture, "--out", folder / "run", "--export", network});
    }

    nlohmann::json info(std::string const& file) const
    {
        return nlohmann::json::parse(succeed({"info", file, "--json"}).output);
    }

    /// Quantises, generates in shards, merges, evaluates, compares precisions, times.
    void use(Arguments const& conditions) const
    {
        succeed({"quantize", network, "--calibration", showers, "--count", "16", "--out", int8});
        Arguments production{"generate", int8, "--count", "12", "--threads", "1"};
        production.insert(production.end(), conditions.begin(), conditions.end());
        auto shards = production;
        shards.insert(shards.end(), {"--out", folder / "s.h5", "--shard-showers", "5"});
        succeed(shards);
        production.insert(production.end(), {"--out", folder / "whole.h5"});
        succeed(production);
        succeed({"merge", folder / "s.000000000-000000004.h5", folder / "s.000000005-000000009.h5",
                 folder / "s.000000010-000000011.h5", "--out", folder / "merged.h5"});
        EXPECT_EQ(bytes_of(folder / "merged.h5"), bytes_of(folder / "whole.h5"));
        succeed({"evaluate", "--reference", showers, "--candidate", "int8=" + int8, "--out",
                 folder / "report"});
        EXPECT_TRUE(fs::exists(fs::path(folder / "report") / "report.html"));
        succeed({"shift", network, "--candidate", "int8=" + int8, "--count", "100", "--inputs-from",
                 showers});
        succeed({"bench", int8, "--batch", "4", "--rounds", "1"});
    }

    static std::string bytes_of(fs::path const& file)
    {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
};

/// By an architecture that any detector can train.
class DetectorNetworks : public Detectors, public ::testing::WithParamInterface<std::string> {};
INSTANTIATE_TEST_SUITE_P(Architectures, DetectorNetworks,
                         ::testing::Values("lean", "fine", "passes"),
                         [](auto const& chosen) { return chosen.param; });

TEST_P(DetectorNetworks, of_even_axes_with_angle_and_particle_go_through_every_command)
{
    auto block = invented(toy(), 120);
    for (std::size_t i = 0; i < block.count(); ++i) {
        block.theta.push_back(1.2F + 0.005F * static_cast<float>(i));
        block.pdg_code.push_back(i % 2 == 0 ? 11.0F : 22.0F);
    }
    write(showers, toy(), block);
    EXPECT_EQ(info(showers)["detector"]["name"], "toy");

    for (std::string const layout : {"calochallenge", "variable_angle", "showerdata"}) {
        succeed({"convert", showers, folder / "there.h5", "--to", layout});
        succeed({"convert", folder / "there.h5", folder / "back.h5", "--to", "clic"});
        auto const back = data::read_all_showers(folder / "back.h5");
        EXPECT_EQ(back.theta, block.theta);
        EXPECT_EQ(back.pdg_code, block.pdg_code);
        for (std::size_t i = 0; i < block.cells.size(); ++i)  // two roundings
            ASSERT_NEAR(back.cells[i], block.cells[i], 2.4e-7F * block.cells[i]);
    }

    train(GetParam());
    auto const found = info(network);
    EXPECT_EQ(found["inputs"].size(), GetParam() == "lean" ? 4U : 5U);  // and uniform numbers
    use({"--energies-from", showers});
    auto const made = data::read_all_showers(folder / "merged.h5");
    EXPECT_TRUE(std::equal(made.theta.begin(), made.theta.end(), block.theta.begin()));
    EXPECT_TRUE(std::equal(made.pdg_code.begin(), made.pdg_code.end(), block.pdg_code.begin()));

    auto const without = lowcal({"generate", network, "--energy", "10", "--pdg", "11", "--count",
                                 "1", "--out", folder / "a.h5"});
    EXPECT_EQ(without.exit_code, 1);
    EXPECT_TRUE(mentions(without.errors, {"theta"}));
}

TEST_P(DetectorNetworks, of_cylindrical_shape_go_through_every_command)
{
    auto const block = invented(calochallenge_2(), 110);
    write(folder / "clic.h5", calochallenge_2(), block);
    succeed({"convert", folder / "clic.h5", showers, "--to", "calochallenge"});
    train(GetParam());
    use({"--energy", "5:50"});
    data::ShowerReader const made(folder / "merged.h5");
    EXPECT_EQ(made.layout(), data::Layout::calochallenge);
    EXPECT_TRUE(same_cells(made.detector(), calochallenge_2()));

    auto const superfluous = lowcal({"generate", network, "--energy", "10", "--theta", "1",
                                     "--count", "1", "--out", folder / "a.h5"});
    EXPECT_EQ(superfluous.exit_code, 2);
    EXPECT_TRUE(mentions(superfluous.errors, {"--theta"}));
}

TEST_F(Detectors, that_differ_are_not_compared_and_study_networks_make_only_theirs)
{
    write(showers, toy(), invented(toy(), 30));
    auto other = toy();
    other.axes[0].size = 6;
    write(folder / "other.h5", other, invented(other, 30));
    auto const compared = lowcal(
        {"evaluate", "--reference", showers, "--candidate", "o=" + (folder / "other.h5").string()});
    EXPECT_EQ(compared.exit_code, 1);
    EXPECT_TRUE(mentions(compared.errors, {"other.h5", "cells of u measure"}));
    auto const trained = lowcal({"train", "--arch", "conv2d", "--data", showers, "--out",
                                 folder / "run", "--held-out", "8"});
    EXPECT_EQ(trained.exit_code, 1);
    EXPECT_TRUE(mentions(trained.errors, {"10 x 8 x 12", "--arch lean"}));
}

TEST_F(Detectors, whose_layers_differ_are_not_trained_on)
{
    data::ShowerBlock block;
    block.cells.assign(20 * unlike_layers().cells(), 0.01F);
    block.primary_energy.assign(20, 10.0F);
    data::ShowerWriter writer(showers, unlike_layers(), {.layout = data::Layout::calochallenge});
    writer.append(block);
    writer.close();
    auto const trained = lowcal(
        {"train", "--arch", "lean", "--data", showers, "--out", folder / "run", "--held-out", "8"});
    EXPECT_EQ(trained.exit_code, 1);
    EXPECT_TRUE(mentions(trained.errors, {"cannot train on", "showers.h5", "its layers differ"}));
}

TEST_F(Detectors, are_made_a_network_of_by_one_command_that_can_be_repeated)
{
    auto block = invented(toy(), 120);
    for (std::size_t i = 0; i < block.count(); ++i)
        block.theta.push_back(1.2F + 0.005F * static_cast<float>(i));
    write(showers, toy(), block);
    expect_refused({{{"make", "--data", showers, "--reference", showers, "--out", folder / "none"},
                     {"same file", "leave --reference out"}},
                    {{"make", "--data", showers, "--reference", validation_showers(), "--out",
                      folder / "none"},
                     {"another detector"}}});
    EXPECT_FALSE(fs::exists(folder / "none"));
    for (std::string const arch : {"fine", "lean", "passes"}) {
        fs::path const made(folder / arch);
        Arguments const make{"make", "--data",    showers, "--out",     made, "--arch",
                             arch,   "--minutes", "0.05",  "--threads", "1"};
        auto const first = succeed(make);
        for (auto const* name : {"network.onnx", "card.md", "report.html", "results.json",
                                 "speed.json", "held_out.h5"})
            EXPECT_TRUE(fs::exists(made / name)) << arch << ": " << name;
        bool const int8_too = arch != "passes";
        EXPECT_EQ(fs::exists(made / "network.int8.onnx"), int8_too);
        EXPECT_TRUE(mentions(first.output, {"| network ", "| precision "}));
        EXPECT_EQ(mentions(first.output, {"int8"}), int8_too) << first.output;
        EXPECT_EQ(data::ShowerReader(made / "held_out.h5").count(), 12U);
        EXPECT_EQ(graph::read_onnx(made / "network.onnx").metadata.at("lowcal.architecture"), arch);
        auto const before = bytes_of(made / "network.onnx");
        succeed(make);  // its time is over: nothing is trained again
        EXPECT_EQ(bytes_of(made / "network.onnx"), before);
    }
}

TEST_F(Detectors, may_have_a_narrower_fine_whose_form_stays)
{
    write(showers, toy(), invented(toy(), 40));
    Arguments const form{"--arch",         "fine", "--trunk-width", "16", "--energy-width", "8",
                         "--single-width", "0",    "--head-steps",  "3"};
    auto const command = [&](Arguments const& more, char const* steps) {
        Arguments arguments{"train",      "--data",  showers,   "--out", folder / "run",
                            "--held-out", "8",       "--batch", "8",     "--threads",
                            "1",          "--steps", steps};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    };
    succeed(command(form, "5"));
    auto const before = bytes_of(folder / "run" / "checkpoint.pt");
    auto const refused = [&](Arguments more, std::string const& option, std::string const& was) {
        more.emplace_back("--resume");
        auto const said = lowcal(command(more, "6"));
        EXPECT_EQ(said.exit_code, 2) << option;
        EXPECT_TRUE(mentions(said.errors, {option, "began with " + was})) << said.errors;
    };
    refused({"--trunk-width", "32"}, "--trunk-width", "16");
    refused({"--energy-width", "16"}, "--energy-width", "8");
    refused({"--single-width", "8"}, "--single-width", "0");
    refused({"--arch", "lean"}, "--arch", "fine");
    refused({"--no-symmetries"}, "--no-symmetries", "symmetries");
    EXPECT_EQ(bytes_of(folder / "run" / "checkpoint.pt"), before);
    auto same = form;
    same.emplace_back("--resume");
    succeed(command(same, "6"));
    succeed({"train", "--out", folder / "run", "--export", network});
    auto const& config = graph::read_onnx(network).metadata.at("lowcal.training.config");
    EXPECT_TRUE(mentions(config, {"fine_trunk 16", "fine_energy 8", "fine_single 0"})) << config;
    succeed({"generate", network, "--energy", "20", "--count", "3", "--out", folder / "a.h5"});
}

/// A copy that does not say its detector, of a shape that is none that is known.
void forget_detector(fs::path const& file, fs::path const& copy)
{
    fs::copy_file(file, copy);
    auto const open = H5Fopen(copy.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    EXPECT_GE(H5Adelete(open, detector_key), 0);
    H5Fclose(open);
}

TEST_F(Detectors, of_a_network_are_those_of_files_for_it_that_do_not_say_theirs)
{
    write(showers, toy(), invented(toy(), 120));
    train("fine");
    fs::path const bare = folder / "bare.h5";
    forget_detector(showers, bare);
    EXPECT_EQ(lowcal({"info", bare}).exit_code, 1);
    succeed({"quantize", network, "--calibration", bare, "--count", "16", "--out", int8});
    succeed(
        {"shift", network, "--candidate", "int8=" + int8, "--count", "100", "--inputs-from", bare});
    succeed({"bench", int8, "--batch", "4", "--rounds", "1", "--reference", bare});
    succeed({"generate", int8, "--energies-from", bare, "--count", "5", "--out", folder / "a.h5"});
    succeed(
        {"generate", int8, "--energies-from", showers, "--count", "5", "--out", folder / "b.h5"});
    EXPECT_EQ(data::ShowerReader(folder / "a.h5").read(0, 5).cells,
              data::ShowerReader(folder / "b.h5").read(0, 5).cells);
}

/// The shipped detector's range is no range of these showers; and one file's is not the other's.
TEST_F(Detectors, of_a_network_have_the_energies_that_it_was_trained_on)
{
    auto wide = toy();
    wide.primary_energies = {2.0, 500.0};
    wide.energy_edges = {2.0, 50.0, 500.0};
    auto faint = invented(wide, 24);
    for (float& energy : faint.primary_energy) energy = 5.0F + 0.5F * (energy / 4.0F);
    write(folder / "faint.h5", wide, faint);
    auto bright = invented(wide, 24);
    for (float& energy : bright.primary_energy) energy = 30.0F + energy;
    bright.primary_energy.front() = 89.5F;
    write(showers, wide, bright);
    auto const trained = lowcal({"train", "--arch", "fine", "--data", folder / "faint.h5", showers,
                                 "--out", folder / "run", "--held-out", "8", "--threads", "1",
                                 "--head-steps", "2", "--steps", "3"});
    EXPECT_EQ(trained.exit_code, 0) << trained.errors;
    EXPECT_TRUE(mentions(trained.errors, {"bins at"}));
    succeed({"train", "--out", folder / "run", "--export", network});
    auto const text = graph::read_onnx(network).metadata.at("lowcal.detector");
    auto const range = nlohmann::json::parse(text).at("primary_energies_gev");
    EXPECT_NEAR(range[0].get<double>(), 5.5, 0.11);
    EXPECT_EQ(range[1].get<double>(), 90.0);
}

TEST_F(Detectors, may_be_said_on_the_command_line)
{
    auto const bare = toy();
    write(showers, bare, invented(bare, 10));
    std::ofstream(folder / "toy.json") << R"({"geometry": "cartesian", "depth": "depth", "axes": [
        {"name": "u", "cells": 10, "size_mm": 5}, {"name": "depth", "cells": 8, "size_mm": 9},
        {"name": "v", "cells": 12, "size_mm": 4}]})";
    succeed({"info", showers, "--detector", folder / "toy.json"});
    std::ofstream(folder / "wrong.json") << R"({"geometry": "cartesian", "depth": "depth", "axes": [
        {"name": "u", "cells": 0}, {"name": "depth", "cells": 8}, {"name": "v", "cells": 12}]})";
    auto const wrong = lowcal({"info", showers, "--detector", folder / "wrong.json"});
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_TRUE(mentions(wrong.errors, {"wrong.json", "axis u has no cells"}));
}

}  // namespace
}  // namespace lowcal::end_to_end
