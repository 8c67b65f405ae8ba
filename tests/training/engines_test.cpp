// LibTorch, the slow reference run and the runtime agree on whole showers.

#include "core/detector/known_detectors.hpp"
#include "graph/model/model_info.hpp"
#include "graph/model/ports.hpp"
#include "graph/reference/reference.hpp"
#include "runtime/plan.hpp"
#include "runtime/shower_generator.hpp"
#include "training/clic.hpp"
#include "training/exporting/export.hpp"
#include "training/exporting/export_lean.hpp"
#include "training/stored_generator.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

struct Inputs {
    torch::Tensor latent;
    torch::Tensor energy = torch::full({1, 1}, 120.0F);
};

torch::Tensor libtorch_shower(StoredGenerator& stored, Inputs const& inputs)
{
    torch::NoGradGuard const no_gradient;
    auto const image = stored.generator->forward(inputs.latent * inputs.energy / energy_unit,
                                                 {.pass = {.phase = Phase::generate}});
    return (image.permute({0, 2, 3, 1}) / image_scale).contiguous().flatten();
}

graph::Tensor to_tensor(torch::Tensor const& values)
{
    auto const* const first = values.data_ptr<float>();
    return {.shape = values.sizes().vec(), .floats = {first, first + values.numel()}};
}

double worst(torch::Tensor const& expected, std::vector<float> const& found)
{
    auto const other = torch::from_blob(const_cast<float*>(found.data()),
                                        {static_cast<std::int64_t>(found.size())});
    return ((expected - other).abs().max() / expected.abs().max()).item<double>();
}

/// Runs the graph in both of our engines, on one shower.
void expect_agreement(graph::Graph const& graph, Inputs const& inputs,
                      torch::Tensor const& expected)
{
    ASSERT_GT(expected.max().item<float>(), 0.0F);
    runtime::Plan const plan(graph, {.batch = 1});
    std::vector<float> cells(15625);
    auto const numbers = [](torch::Tensor const& tensor) {
        return std::span<float const>(tensor.data_ptr<float>(),
                                      static_cast<std::size_t>(tensor.numel()));
    };
    std::span<float const> const data[] = {numbers(inputs.latent), numbers(inputs.energy)};
    std::span<float> const output = cells;
    runtime::PlanRun run(plan);
    run(data, {&output, 1});
    EXPECT_LT(worst(expected, cells), 1e-4);

    auto const reference = graph::run_reference(
        graph, {{"latent", to_tensor(inputs.latent)}, {"energy", to_tensor(inputs.energy)}});
    EXPECT_LT(worst(expected, reference.at("shower").floats), 1e-4);

    cells[7812] += 2e-4F * expected.max().item<float>();  // the check bites
    EXPECT_GT(worst(expected, cells), 1e-4);
}

class Engines : public ::testing::TestWithParam<Architecture> {};

TEST_P(Engines, agree_on_whole_showers_to_a_ten_thousandth_of_the_largest_cell)
{
    auto stored = make_generator(GetParam());
    Inputs const inputs{.latent = torch::randn({1, latent_size})};
    expect_agreement(to_graph(stored), inputs, libtorch_shower(stored, inputs));
}

TEST(LeanEngines, agree_on_whole_showers_to_a_ten_thousandth_of_the_largest_cell)
{
    torch::NoGradGuard const no_gradient;
    auto stored = make_lean();
    Inputs const inputs{.latent = torch::randn({1, LeanLatent(clic).size()})};
    auto const cells =
        stored.generator->forward(inputs.latent, Primary{.energy = inputs.energy.squeeze(1)});
    auto const shower = (cells.permute({0, 2, 3, 1}) * 1e-3).contiguous().flatten();
    expect_agreement(to_graph(stored), inputs, shower);
    EXPECT_GT((shower == 0.0).sum().item<std::int64_t>(), 0);
}

/// Depth first or last, even and odd, whole and cut enlargements, with conditions.
std::vector<ShowerGeometry> other_geometries()
{
    Detector const toy{.name = "toy",
                       .axes = {Axis{.name = "u", .cells = 10, .size = 3},
                                Axis{.name = "depth", .cells = 8, .size = 9},
                                Axis{.name = "v", .cells = 12, .size = 3}},
                       .depth = 1};
    return {{.detector = toy,
             .conditions = {{"theta", 1.5, 0.2}, {"pdg", 16.5, 5.5}},
             .energy_unit = 0.5,
             .cell_unit = 2.0,
             .unit_layer = 3,
             .certain_layer = 2},
            {.detector = calochallenge_2(), .unit_layer = 11, .certain_layer = 10}};
}

TEST(LeanEngines, agree_on_showers_of_any_detector_and_condition)
{
    torch::NoGradGuard const no_gradient;
    for (auto const& other : other_geometries()) {
        auto stored = make_lean(other);
        auto const latent = torch::randn({1, LeanLatent(other).size()});
        auto const energy = torch::full({1, 1}, 40.0F);
        std::map<std::string, graph::Tensor> inputs{{"latent", to_tensor(latent)},
                                                    {"energy", to_tensor(energy)}};
        std::vector<torch::Tensor> conditions;
        for (auto const& condition : other.conditions) {
            auto const value = torch::full({1, 1}, condition.mean + 0.7 * condition.spread);
            inputs[condition.name] = to_tensor(value);
            conditions.push_back((value - condition.mean) / condition.spread);
        }
        Primary const primary{
            .energy = energy.squeeze(1),
            .conditions = conditions.empty() ? torch::Tensor() : torch::cat(conditions, 1)};
        auto const cells = stored.generator->forward(latent, primary);
        auto const order = other.to_memory();
        auto const expected =
            (cells.permute(order) * (1e-3 * other.cell_unit)).contiguous().flatten();
        auto const graph = to_graph(stored);
        auto const found = graph::run_reference(graph, inputs).at("shower");
        graph::Shape shape{1};
        for (auto const& axis : other.detector.axes)
            shape.push_back(static_cast<std::int64_t>(axis.cells));
        EXPECT_EQ(found.shape, shape);
        EXPECT_LT(worst(expected, found.floats), 1e-4) << other.detector.name;
        EXPECT_GT(worst(1.001 * expected, found.floats), 1e-4);
        EXPECT_EQ(graph::ports_of(graph).detector, other.detector);
        EXPECT_NO_THROW(runtime::ShowerGenerator(graph, {.batch = 2}));
    }
}

TEST(LeanGraph, counts_what_the_network_holds_and_stays_within_its_budget)
{
    auto const stored = make_lean();
    auto const graph = to_graph(stored);
    // In the weights: each number of the network but the masks, of which none is left, the places
    // of the noise, the curve's single numbers, and the whitening of the shapes' conditions, which
    // goes into weights; the head's stays.
    std::int64_t masks = 0;
    for (auto const& coupling : stored.generator->head->layers()) masks += coupling.mask.numel();
    constexpr std::int64_t noise_places = 25 * 25 * 25;
    constexpr std::int64_t curve = 1 + LeanShapesImpl::kinks.size();
    auto const folded = masks + noise_places + curve + 2 * clic.layers();
    // The head's decoder holds two constant matrices and what layers have at least.
    constexpr std::int64_t decoder = (25 * 25 + 25) + (25 + 1) + 25;
    EXPECT_EQ(graph::parameter_count(graph), count_numbers(*stored.generator) - folded + decoder);
    EXPECT_LT(graph::macs_per_shower(graph), 6e6);
}

TEST_P(Engines, count_the_same_parameters)
{
    auto const stored = make_generator(GetParam());
    EXPECT_EQ(graph::parameter_count(to_graph(stored)), expected_parameters(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Networks, Engines,
                         ::testing::Values(Architecture::conv2d, Architecture::conv3d),
                         [](auto const& one) { return std::string(name_of(one.param)); });

}  // namespace
}  // namespace lowcal::training
