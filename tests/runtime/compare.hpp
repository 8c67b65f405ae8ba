#pragma once

#include "graph/reference/reference.hpp"
#include "runtime/plan.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace lowcal::test {

/// Pseudo-random numbers in [-1, 1), the same at every call.
inline std::vector<float> pseudo_random(std::size_t count, std::uint32_t state = 17)
{
    std::vector<float> values(count);
    for (auto& value : values) {
        state = state * 1664525U + 1013904223U;
        value = static_cast<float>(state >> 8) * 0x1p-23F - 1.0F;
    }
    return values;
}

/// Largest difference between the runtime and the slow reference over all outputs and watched
/// values, each divided by the largest value of that tensor.
inline double worst_difference(graph::Graph const& run, graph::Graph const& reference,
                               runtime::Plan::Config const& config)
{
    runtime::Plan const plan(run, config);
    std::map<std::string, graph::Tensor> inputs;
    std::vector<std::span<float const>> input_data;
    for (auto const& port : plan.inputs()) {
        auto const count = static_cast<std::size_t>(graph::element_count(port.shape));
        auto& tensor = inputs[port.name];
        tensor = {.shape = port.shape, .floats = pseudo_random(count)};
        if (port.name == "energy")
            for (auto& value : tensor.floats) value = 300.0F + 200.0F * value;
        input_data.emplace_back(tensor.floats);
    }
    std::vector<std::vector<float>> outputs;
    std::vector<std::span<float>> output_data;
    for (auto const& port : plan.outputs())
        outputs.emplace_back(static_cast<std::size_t>(graph::element_count(port.shape)), -1e9F);
    for (auto& output : outputs) output_data.emplace_back(output);
    runtime::PlanRun plan_run(plan);
    plan_run(input_data, output_data);
    auto const truth = graph::run_reference(reference, inputs, {.keep = graph::Keep::all_values});
    double worst = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        auto const& expected = truth.at(plan.outputs()[i].name).floats;
        double scale = 1e-30, difference = 0;
        for (std::size_t j = 0; j < expected.size(); ++j) {
            scale = std::max(scale, std::abs(static_cast<double>(expected[j])));
            difference = std::max(difference, std::abs(static_cast<double>(expected[j]) -
                                                       static_cast<double>(outputs[i][j])));
        }
        worst = std::max(worst, difference / scale);
    }
    return worst;
}

/// Rounding of a sum of k products in float32, relative to its largest terms: k half-units in the
/// last place at worst, about sqrt(k) of them for independent roundings; four times that.
inline double rounding(double products)
{
    return 4 * std::sqrt(products) * 6e-8;
}

}  // namespace lowcal::test
