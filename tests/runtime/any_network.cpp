#include "runtime/any_network.hpp"

#include "core/error.hpp"
#include "graph/model/model_info.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/reference/reference.hpp"
#include "graph/shapes/batch_axis.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "runtime/compare.hpp"
#include "runtime/plan.hpp"
#include "runtime/steps/value.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace lowcal::test {
namespace {

constexpr std::int64_t wanted_showers = 3;
/// Of a run that a fuzzer repeats a million times.
constexpr double most_macs = 2e6;
constexpr double most_numbers = 3e5;

bool is_soon_done(graph::Graph const& network, std::int64_t batch)
{
    double numbers = 0;
    for (auto const& [name, shape] : graph::infer_shapes(network, batch))
        numbers += static_cast<double>(graph::element_count(shape));
    return numbers < most_numbers &&
           graph::macs_per_shower(network) * static_cast<double>(batch) < most_macs;
}

using Outputs = std::vector<std::vector<float>>;

/// One run on small numbers; nothing comes back where NaN was lost.
Outputs run_plan(runtime::Plan const& plan, std::map<std::string, graph::Tensor>& inputs)
{
    std::vector<std::span<float const>> fed;
    for (auto const& port : plan.inputs()) {
        auto const count = runtime::elements(port.shape);
        auto& tensor = inputs[port.name];
        tensor = {.shape = port.shape, .floats = pseudo_random(count)};
        fed.emplace_back(tensor.floats);
    }
    Outputs results;
    std::vector<std::span<float>> outputs;
    for (auto const& port : plan.outputs())
        results.emplace_back(runtime::elements(port.shape), -7.0F);
    for (auto& numbers : results) outputs.emplace_back(numbers);
    runtime::PlanRun run(plan);
    run(fed, outputs);
    if (run.take_lost_nan()) return {};
    return results;
}

/// Whether runtime and reference agree, as far as float32 lets them: numbers that have run away,
/// and levels that a rounding decides, say nothing.
bool agree(std::vector<float> const& found, std::vector<float> const& expected)
{
    double scale = 0;
    for (float const number : expected) {
        if (!std::isfinite(number) || std::fabs(number) > 1e6F) return true;
        scale = std::max(scale, std::fabs(static_cast<double>(number)));
    }
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!(std::fabs(static_cast<double>(found[i]) - static_cast<double>(expected[i])) <=
              1e-2 * scale + 1e-2))
            return false;
    return true;
}

void plan_and_run(graph::Graph const& network, std::int64_t batch)
{
    if (!is_soon_done(network, batch)) return;
    runtime::Plan const plan(network, {.batch = batch});
    std::map<std::string, graph::Tensor> inputs;
    auto const results = run_plan(plan, inputs);
    if (plan.precision() != runtime::Precision::float32) return;
    auto const expected = graph::run_reference(network, inputs);
    for (std::size_t i = 0; i < results.size(); ++i)
        if (!agree(results[i], expected.at(plan.outputs()[i].name).floats))
            throw std::logic_error("output '" + plan.outputs()[i].name +
                                   "' is not what the reference makes");
}

}  // namespace

void try_network(std::string const& bytes)
{
    auto const network = graph::parse_onnx_model(bytes).graph;
    graph::model_info(network);
    auto const batch = graph::showers_at_once(network, wanted_showers).showers;
    plan_and_run(network, batch);
    if (batch == wanted_showers && !graph::fixed_batch(network)) plan_and_run(network, 1);
}

}  // namespace lowcal::test
