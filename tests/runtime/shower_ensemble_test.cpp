#include "runtime/shower_ensemble.hpp"

#include "core/detector/detector_json.hpp"
#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "runtime/plan.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace lowcal::runtime {
namespace {

constexpr std::uint64_t seed = 5;

std::vector<float> energies(std::size_t count)
{
    std::vector<float> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = 2.0F + 37.0F * static_cast<float>(i);
    return result;
}

template <class Networks>
std::vector<float> generate(Networks const& networks, std::size_t count, std::uint64_t first = 0)
{
    auto const all = energies(first + count);
    std::vector<float> cells(count * clic_detector().cells(), -1.0F);
    networks.generate(
        {.seed = seed, .first = first, .energies = std::span(all).subspan(first, count)}, cells);
    return cells;
}

class Ensemble : public ::testing::Test {
protected:
    TemporaryFolder folder{"test"};
    std::vector<std::filesystem::path> files{write("a.onnx", 1.0F), write("b.onnx", 0.5F),
                                             write("c.onnx", 0.25F)};

    std::filesystem::path write(std::string const& name, graph::Graph const& network)
    {
        auto const file = folder.file(name);
        graph::write_onnx(network, file);
        return file;
    }
    /// Networks of one kind whose cells differ.
    std::filesystem::path write(std::string const& name, float scale)
    {
        auto network = test::small_generator();
        for (float& weight : network.constants.at("merge.w").floats) weight *= scale;
        return write(name, network);
    }
    std::filesystem::path write_for(std::string const& name, Detector const& detector)
    {
        auto network = test::small_generator();
        network.constants.at("merge.w").floats.front() += 1e-3F * static_cast<float>(name.size());
        network.metadata[detector_key] = to_json(detector);
        return write(name, network);
    }
    ShowerEnsemble load(ShowerEnsemble::Config const& config = {}) const { return {files, config}; }
    static std::string refusal(std::vector<std::filesystem::path> const& files,
                               ShowerEnsemble::Config const& config = {})
    {
        try {
            ShowerEnsemble const networks(files, config);
        } catch (InputError const& error) {
            return error.what();
        }
        return "none";
    }
    void expect_refused(std::vector<std::filesystem::path> const& members, std::string const& why,
                        ShowerEnsemble::Config const& config = {}) const
    {
        auto const text = refusal(members, config);
        EXPECT_NE(text.find(why), std::string::npos) << text;
        for (auto const& file : members)
            EXPECT_NE(text.find(file.filename().string()), std::string::npos) << text;
    }
};

TEST_F(Ensemble, makes_shower_i_as_the_chosen_member_alone_does)
{
    constexpr std::size_t count = 40;
    auto const networks = load({.weights = {2, 1, 1}});
    auto const made = generate(networks, count);
    MemberChoice const choice(3, {2, 1, 1});
    std::vector<std::vector<float>> alone;
    for (auto const& file : files) alone.push_back(generate(ShowerGenerator(file, {}), count));
    std::vector<int> times(3);
    auto const size = clic_detector().cells();
    for (std::size_t i = 0; i < count; ++i) {
        auto const shower = std::span(made).subspan(i * size, size);
        auto const chosen = choice(seed, i);
        ++times[chosen];
        for (std::size_t member = 0; member < 3; ++member)
            EXPECT_EQ(std::ranges::equal(shower, std::span(alone[member]).subspan(i * size, size)),
                      member == chosen)
                << i << " of " << member;
    }
    for (int const of_a_member : times) EXPECT_GT(of_a_member, 0);
}

TEST_F(Ensemble, batch_threads_and_split_change_no_bit)
{
    auto const expected = generate(load({.generator = {.threads = 1, .batch = 1}}), 20);
    for (int const threads : {1, 3})
        for (std::int64_t const batch : {2, 16}) {
            auto const networks = load({.generator = {.threads = threads, .batch = batch}});
            EXPECT_EQ(generate(networks, 20), expected) << threads << " threads, batch " << batch;
            auto joined = generate(networks, 7);
            auto const rest = generate(networks, 13, 7);
            joined.insert(joined.end(), rest.begin(), rest.end());
            EXPECT_EQ(joined, expected);
        }
    EXPECT_NE(generate(load({.weights = {1, 1, 2}}), 20), expected);
    std::swap(files[0], files[2]);
    EXPECT_NE(generate(load(), 20), expected);
}

TEST_F(Ensemble, of_one_network_is_that_network)
{
    auto const alone = generate(ShowerGenerator(files[0], {}), 9);
    EXPECT_EQ(generate(ShowerEnsemble({files[0]}, {.weights = {3}}), 9), alone);
    EXPECT_EQ(generate(ShowerEnsemble({files[0], files[1]}, {.weights = {1, 0}}), 9), alone);
}

TEST_F(Ensemble, makes_only_the_showers_that_are_asked_for)
{
    auto const networks = load();
    auto const whole = generate(networks, 6);
    auto const all = energies(6);
    std::vector<std::size_t> const some{4, 1, 2};
    auto const size = clic_detector().cells();
    std::vector<float> cells(whole.size(), -1.0F);
    networks.generate({.seed = seed, .energies = all, .only = some}, cells);
    for (std::size_t i = 0; i < 6; ++i) {
        auto const found = std::span(cells).subspan(i * size, size);
        if (std::ranges::count(some, i) == 1)
            EXPECT_TRUE(std::ranges::equal(found, std::span(whole).subspan(i * size, size))) << i;
        else
            EXPECT_EQ(std::ranges::count(found, -1.0F), static_cast<std::ptrdiff_t>(size)) << i;
    }
    std::vector<std::size_t> const beyond{6};
    EXPECT_THROW(networks.generate({.seed = seed, .energies = all, .only = beyond}, cells),
                 InputError);
}

TEST_F(Ensemble, is_made_for_the_energies_for_which_all_members_are)
{
    auto detector = clic_detector();
    detector.primary_energies = {2, 100};
    auto const low = write_for("low.onnx", detector);
    detector.primary_energies = {10, 500};
    auto const high = write_for("higher.onnx", detector);
    EXPECT_EQ(ShowerEnsemble({low, high}, {}).detector().primary_energies, (EnergyBin{10, 100}));
    detector.primary_energies = {100, 500};
    auto const apart = write_for("far_apart.onnx", detector);
    expect_refused({low, apart}, "one is made for 2 to 100 GeV, the other for 100 to 500 GeV");
}

TEST_F(Ensemble, of_other_detectors_primaries_or_conditions_is_refused_by_files_and_difference)
{
    auto detector = clic_detector();
    auto const one = write_for("one.onnx", detector);
    detector.axes[0].size *= 2;
    expect_refused({one, write_for("wider.onnx", detector)}, "cells of x measure");
    detector = clic_detector();
    detector.smallest_cell = 2e-6;
    expect_refused({one, write_for("hotter.onnx", detector)},
                   "smallest cell has 1e-06 GeV, not 2e-06");

    auto network = test::small_generator();
    network.metadata[graph::pdg_key] = "22";
    expect_refused({files[1], write("photons.onnx", network)}, "PDG code 0, not 22");

    network = test::small_generator();
    network.inputs.push_back({.name = "theta", .shape = {graph::batch_dimension, 1}});
    test::NetworkBuilder net;
    net.graph = network;
    for (auto& node : net.graph.nodes)
        for (auto& input : node.inputs)
            if (input == "energy") input = "tilted";
    net.graph.nodes.insert(
        net.graph.nodes.begin(),
        {.name = "tilted", .op = "Add", .inputs = {"energy", "theta"}, .outputs = {"tilted"}});
    expect_refused({files[1], write("tilted.onnx", net.graph)}, "needs [], not [theta]");
}

TEST_F(Ensemble, with_a_network_twice_is_refused)
{
    auto const copy = folder.file("copy.onnx");
    std::filesystem::copy_file(files[0], copy);
    expect_refused({files[0], copy}, "are the same network");
}

TEST_F(Ensemble, takes_no_more_memory_than_all_members_together_may)
{
    ShowerEnsemble const pair({files[0], files[1]}, {});
    std::int64_t each = 0;
    for (auto const& member : pair.members())
        each = static_cast<std::int64_t>(std::filesystem::file_size(member.file) +
                                         member.generator.plan().workspace_bytes());
    EXPECT_EQ(refusal({files[0], files[1]}, {.most_bytes = 2 * each}), "none");
    EXPECT_NE(
        refusal({files[0], files[1]}, {.most_bytes = 2 * each - 1}).find("the ensemble takes over"),
        std::string::npos);
}

TEST_F(Ensemble, names_the_first_bad_shower_and_its_member)
{
    auto spoilt = test::small_generator();
    for (float& weight : spoilt.constants.at("merge.w").floats) weight = std::nanf("");
    auto const bad = write("bad.onnx", spoilt);
    ShowerEnsemble const networks({files[0], bad}, {});
    MemberChoice const choice(2, {});
    std::vector<std::uint64_t> expected;
    for (std::uint64_t i = 0; i < 12; ++i)
        if (choice(seed, 30 + i) == 1) expected.push_back(30 + i);
    ASSERT_FALSE(expected.empty());
    auto const all = energies(12);
    std::vector<float> cells(12 * clic_detector().cells());
    GenerateRequest request{.seed = seed, .first = 30, .energies = all};
    try {
        networks.generate(request, cells);
        ADD_FAILURE() << "no error";
    } catch (InputError const& error) {
        std::string const text = error.what();
        EXPECT_NE(text.find("bad.onnx: shower " + std::to_string(expected.front()) + " has a cell"),
                  std::string::npos)
            << text;
        EXPECT_NE(text.find(std::to_string(expected.size()) + " of 12 showers"), std::string::npos)
            << text;
    }
    request.bad_showers = BadShowers::report;
    std::vector<std::uint64_t> found;
    for (auto const& cell : networks.generate(request, cells).bad_showers)
        found.push_back(cell.shower);
    EXPECT_EQ(found, expected);
}

TEST_F(Ensemble, has_the_latent_vectors_of_any_member_where_they_are_of_one_length)
{
    auto const networks = load();
    auto const all = energies(4);
    GenerateRequest const request{.seed = seed, .first = 3, .energies = all};
    std::vector<float> found(4 * networks.latent_size());
    auto expected = found;
    networks.latents(request, found);
    ShowerGenerator(files[2], {}).latents(request, expected);
    EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace lowcal::runtime
