#include "runtime/plan.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "runtime/lower/lowering.hpp"
#include "runtime/onednn/dnnl_convolution.hpp"
#include "runtime/onednn/one_thread.hpp"

#include <algorithm>
#include <chrono>

namespace lowcal::runtime {

namespace {

bool stores_float16(graph::Graph const& graph)
{
    return std::any_of(graph.constants.begin(), graph.constants.end(), [](auto const& constant) {
        return constant.second.type == graph::ElementType::float16;
    });
}

/// Says why none of a network's layers runs in int8, which was asked for.
[[noreturn]] void refuse_int8(graph::Graph const& graph)
{
    std::string const network = "network '" + graph.name + "'";
    bool const has_levels =
        std::any_of(graph.nodes.begin(), graph.nodes.end(),
                    [](auto const& node) { return node.op == "DequantizeLinear"; });
    if (!has_levels)
        throw InputError(network + " has no int8 layer", "int8 was asked for",
                         "make an int8 network with lowcal quantize");
    constexpr std::size_t axes_of_volumes = 3;
    std::string why = "its int8 layers are of forms that run in float32";
    if (volumes_get_wrong_numbers(axes_of_volumes))
        why = "convolutions of volumes need AVX2 for it, and the instruction set is " +
              instruction_set() + ", by this CPU or by ONEDNN_MAX_CPU_ISA";
    throw InputError(network + " does not run in int8 here", why,
                     "without --precision int8 it runs in float32");
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
    Lowering lowering(graph, config_);
    auto lowered = lowering.run();
    inputs_ = std::move(lowered.inputs);
    outputs_ = std::move(lowered.outputs);
    buffers_ = std::move(lowered.buffers);
    steps_ = std::move(lowered.steps);
    constants_ = std::move(lowered.constants);
    layout_ = lay_out_arena(buffers_);
    auto const largest =
        std::max_element(buffers_.begin(), buffers_.end(),
                         [](auto const& a, auto const& b) { return a.bytes < b.bytes; });
    if (largest != buffers_.end())
        lowering.budget().take(static_cast<std::int64_t>(layout_.bytes),
                               "the intermediate values around " + step_at(largest->first_use));
    bool const integers =
        std::any_of(steps_.begin(), steps_.end(), [](auto const& step) { return step->is_int8(); });
    if (config_.precision == Precision::int8 && !integers) refuse_int8(graph);
    config_.precision = running_precision(graph, integers, lowered.bfloat16);
}

std::string Plan::step_at(std::size_t index) const
{
    return index < steps_.size() ? "step '" + steps_[index]->name() + "'" : "the last step";
}

double Plan::macs() const
{
    double total = 0;
    for (auto const& step : steps_) total += step->macs();
    return total;
}

std::size_t Plan::constant_bytes() const
{
    std::size_t bytes = 0;
    for (auto const& step : steps_) bytes += step->constant_bytes();
    for (auto const& numbers : constants_) bytes += numbers->size() * sizeof(float);
    return bytes;
}

PlanRun::PlanRun(Plan const& plan) : plan_(plan), workspace_(plan.buffers_, plan.layout_)
{
    OneThread const one_thread;
    for (auto const& step : plan.steps_) steps_.push_back(step->bind(workspace_));
}

namespace {

/// One tensor for each port, each as large as its port.
template <class Tensor>
void require_sizes(std::vector<Plan::Port> const& ports, std::span<Tensor const> tensors)
{
    if (tensors.size() != ports.size())
        throw InputError("cannot run the network on " + std::to_string(tensors.size()) + " tensors",
                         "it has " + std::to_string(ports.size()) + " such ports");
    for (std::size_t i = 0; i < ports.size(); ++i)
        if (tensors[i].size() != elements(ports[i].shape))
            throw InputError("cannot run the network on " + std::to_string(tensors[i].size()) +
                                 " numbers for '" + ports[i].name + "'",
                             "it has the shape " + graph::describe(ports[i].shape));
}

}  // namespace

void PlanRun::bind_ports(Inputs inputs, Outputs outputs)
{
    require_sizes(plan_.inputs_, inputs);
    require_sizes(plan_.outputs_, outputs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        workspace_.bind(plan_.inputs_[i].buffer,
                        reinterpret_cast<std::byte*>(const_cast<float*>(inputs[i].data())));
    for (std::size_t i = 0; i < outputs.size(); ++i)
        workspace_.bind(plan_.outputs_[i].buffer, reinterpret_cast<std::byte*>(outputs[i].data()));
}

void PlanRun::operator()(Inputs inputs, Outputs outputs)
{
    OneThread const one_thread;
    bind_ports(inputs, outputs);
    for (auto const& step : steps_) step->run();
}

void PlanRun::timed(Inputs inputs, Outputs outputs, std::span<double> seconds)
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
