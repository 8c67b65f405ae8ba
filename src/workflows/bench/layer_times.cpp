#include "workflows/bench/layer_times.hpp"

#include "core/error.hpp"
#include "core/random.hpp"
#include "graph/model/model_info.hpp"
#include "graph/model/ports.hpp"
#include "graph/shapes/batch_axis.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "runtime/plan.hpp"

#include <algorithm>
#include <numeric>

namespace lowcal::workflows {
namespace {

constexpr int runs = 3;
constexpr std::int64_t wanted_batch = 4;
constexpr float timed_energy = 100.0F;  // GeV

/// Normal numbers for `latent`, one energy for `energy`, zero for conditions.
std::vector<float> example_input(runtime::Plan::Port const& port)
{
    std::vector<float> numbers(static_cast<std::size_t>(graph::element_count(port.shape)),
                               port.name == graph::energy_port ? timed_energy : 0.0F);
    if (port.name == graph::latent_port)
        ItemRandom({.seed = 1, .stream = RandomStream::latent}, 0).normal(numbers);
    return numbers;
}

std::vector<LayerTime> timed(runtime::Plan const& plan)
{
    std::vector<std::vector<float>> storage;
    std::vector<std::span<float const>> inputs;
    std::vector<std::span<float>> outputs;
    for (auto const& port : plan.inputs()) storage.push_back(example_input(port));
    inputs.assign(storage.begin(), storage.end());
    std::vector<std::vector<float>> results;
    for (auto const& port : plan.outputs())
        results.emplace_back(static_cast<std::size_t>(graph::element_count(port.shape)));
    outputs.assign(results.begin(), results.end());

    runtime::PlanRun run(plan);
    run(inputs, outputs);  // caches and pages are warm from now on
    std::vector<double> seconds(plan.steps().size(), 0.0);
    for (int i = 0; i < runs; ++i) run.timed(inputs, outputs, seconds);
    double const all = std::accumulate(seconds.begin(), seconds.end(), 0.0);
    auto const rest = plan.precision() == runtime::Precision::bfloat16 ? "bf16" : "f32";
    std::vector<LayerTime> times;
    for (std::size_t i = 0; i < seconds.size(); ++i)
        times.push_back({.step = plan.steps()[i]->name(),
                         .precision = plan.steps()[i]->is_int8() ? "int8" : rest,
                         .share = seconds[i] / all});
    return times;
}

/// Whether runs take seconds at most, even where all but convolutions is done by the slow
/// reference: a file may ask for any amount of work.
bool is_soon_done(graph::Graph const& network)
{
    constexpr double most_macs = 1e10, most_dense_macs = 2e8, most_numbers = 2e7;  // a shower
    double numbers = 0, dense = 0;
    for (auto const& [name, shape] : graph::infer_shapes(network, 1))
        numbers += static_cast<double>(graph::element_count(shape));
    auto const info = graph::model_info(network);
    for (auto const& layer : info.layers)
        if (layer.op == "MatMul" || layer.op == "Gemm") dense += layer.multiply_accumulates;
    return numbers < most_numbers && dense < most_dense_macs &&
           info.multiply_accumulates < most_macs;
}

}  // namespace

std::vector<LayerTime> layer_times(graph::Graph const& network)
{
    bool const generator =
        std::all_of(network.inputs.begin(), network.inputs.end(), [](auto const& input) {
            return input.name == graph::latent_port || input.name == graph::energy_port ||
                   find_condition(input.name) != nullptr;
        });
    if (!generator) return {};
    try {
        if (!is_soon_done(network)) return {};
        auto const batch = graph::showers_at_once(network, wanted_batch).showers;
        return timed(runtime::Plan(network, {.batch = batch}));
    } catch (InputError const&) {
        return {};  // says nothing of networks that other programs may run
    }
}

}  // namespace lowcal::workflows
