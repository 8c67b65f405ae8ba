#include "runtime/plan.hpp"

#include "core/error.hpp"
#include "runtime/lowering.hpp"
#include "runtime/one_thread.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace lowcal::runtime {

namespace {

bool stores_float16(graph::Graph const& graph)
{
    return std::any_of(graph.constants.begin(), graph.constants.end(), [](auto const& constant) {
        return constant.second.type == graph::ElementType::float16;
    });
}

Precision running_precision(graph::Graph const& graph, bool integers, bool bfloat16)
{
    if (integers) return Precision::int8;
    if (bfloat16) return Precision::bfloat16;
    return stores_float16(graph) ? Precision::float16 : Precision::float32;
}

}  // namespace

Plan::Plan(graph::Graph const& graph, Config const& config) : config_(config)
{
    config_.precision = available_precision(config.precision);
    auto lowered = Lowering(graph, config_).run();
    inputs_ = std::move(lowered.inputs);
    outputs_ = std::move(lowered.outputs);
    buffers_ = std::move(lowered.buffers);
    steps_ = std::move(lowered.steps);
    constants_ = std::move(lowered.constants);
    layout_ = lay_out_arena(buffers_);
    bool const integers =
        std::any_of(steps_.begin(), steps_.end(), [](auto const& step) { return step->is_int8(); });
    if (config_.precision == Precision::int8 && !integers)
        throw InputError("network '" + graph.name + "' has no int8 layer", "int8 was asked for",
                         "make an int8 network with lowcal quantize");
    config_.precision = running_precision(graph, integers, lowered.bfloat16);
}

double Plan::macs() const
{
    double total = 0;
    for (auto const& step : steps_) total += step->macs();
    return total;
}

PlanRun::PlanRun(Plan const& plan) : plan_(plan), workspace_(plan.buffers_, plan.layout_)
{
    OneThread const one_thread;
    for (auto const& step : plan.steps_) steps_.push_back(step->bind(workspace_));
}

void PlanRun::bind_ports(std::span<float const* const> inputs, std::span<float* const> outputs)
{
    assert(inputs.size() == plan_.inputs_.size() && outputs.size() == plan_.outputs_.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
        workspace_.bind(plan_.inputs_[i].buffer,
                        reinterpret_cast<std::byte*>(const_cast<float*>(inputs[i])));
    for (std::size_t i = 0; i < outputs.size(); ++i)
        workspace_.bind(plan_.outputs_[i].buffer, reinterpret_cast<std::byte*>(outputs[i]));
}

void PlanRun::operator()(std::span<float const* const> inputs, std::span<float* const> outputs)
{
    OneThread const one_thread;
    bind_ports(inputs, outputs);
    for (auto const& step : steps_) step->run();
}

void PlanRun::timed(std::span<float const* const> inputs, std::span<float* const> outputs,
                    std::span<double> seconds)
{
    OneThread const one_thread;
    bind_ports(inputs, outputs);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        auto const start = std::chrono::steady_clock::now();
        steps_[i]->run();
        seconds[i] +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
}

}  // namespace lowcal::runtime
