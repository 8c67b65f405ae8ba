#include "workflows/precision/calibration_runner.hpp"

#include "graph/model/ports.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace lowcal::workflows {
namespace {

/// What a network that hands energies on is run on, of showers of 1 GeV, 2 GeV, ...
std::vector<float> energies_met(std::size_t showers)
{
    graph::Graph network;
    network.inputs = {{.name = graph::energy_port, .shape = {graph::batch_dimension, 1}}};
    network.nodes = {
        {.name = "copy", .op = "Identity", .inputs = {graph::energy_port}, .outputs = {"y"}}};
    network.outputs = {{.name = "y", .shape = {graph::batch_dimension, 1}}};
    data::ShowerBlock inputs;
    for (std::size_t i = 0; i < showers; ++i)
        inputs.primary_energy.push_back(static_cast<float>(i + 1));
    std::vector<float> met;
    CalibrationRunner({.inputs = inputs})
        .run(network, {"y"}, [&](std::size_t, std::span<float const> numbers) {
            met.insert(met.end(), numbers.begin(), numbers.end());
        });
    return met;
}

TEST(CalibrationRunner, runs_all_showers_however_many_there_are)
{
    for (std::size_t const showers : {1U, 3U, 8U, 9U, 20U}) {
        auto const met = energies_met(showers);
        ASSERT_GE(met.size(), showers);
        EXPECT_LT(met.size(), showers + 8);
        for (std::size_t i = 0; i < met.size(); ++i)
            EXPECT_EQ(met[i], static_cast<float>(i % showers + 1)) << showers;
    }
}

}  // namespace
}  // namespace lowcal::workflows
