// LibTorch, the slow reference run and the runtime agree on whole showers.

#include "graph/model_info.hpp"
#include "graph/reference.hpp"
#include "runtime/plan.hpp"
#include "training/export.hpp"
#include "training/stored_generator.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

struct Inputs {
    torch::Tensor latent = torch::randn({1, latent_size});
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

class Engines : public ::testing::TestWithParam<Architecture> {};

TEST_P(Engines, agree_on_whole_showers_to_a_ten_thousandth_of_the_largest_cell)
{
    auto stored = make_generator(GetParam());
    Inputs const inputs;
    auto const expected = libtorch_shower(stored, inputs);
    ASSERT_GT(expected.max().item<float>(), 0.0F);
    auto const graph = to_graph(stored);

    runtime::Plan const plan(graph, {.batch = 1});
    std::vector<float> cells(15625);
    float const* const data[] = {inputs.latent.data_ptr<float>(), inputs.energy.data_ptr<float>()};
    float* const output = cells.data();
    runtime::PlanRun run(plan);
    run(data, {&output, 1});
    EXPECT_LT(worst(expected, cells), 1e-4);

    auto const reference = graph::run_reference(
        graph, {{"latent", to_tensor(inputs.latent)}, {"energy", to_tensor(inputs.energy)}});
    EXPECT_LT(worst(expected, reference.at("shower").floats), 1e-4);

    cells[7812] += 2e-4F * expected.max().item<float>();  // the check bites
    EXPECT_GT(worst(expected, cells), 1e-4);
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
