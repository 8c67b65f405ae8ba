#pragma once

#include "graph/model/graph.hpp"
#include "runtime/precision.hpp"
#include "runtime/steps/step.hpp"
#include "runtime/steps/workspace.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lowcal::runtime {

/// A graph compiled for one batch size: oneDNN primitives with fused post-ops and packed weights,
/// the order of their execution and the layout of their memory. Immutable; shared by threads, each
/// of which makes a PlanRun of its own.
class Plan {
public:
    struct Config {
        std::int64_t batch = 1;  ///< showers per run
        Precision precision = Precision::float32;
        TransposedMethod transposed = TransposedMethod::phases;
        std::vector<std::string> watched{};  ///< values to be outputs too, for comparisons by layer
    };

    /// An input or output of the network: row-major float32.
    struct Port {
        std::string name;
        graph::Shape shape;  ///< batch included
        std::size_t buffer = 0;
    };

    /// Throws InputError naming the node if the graph cannot be compiled.
    Plan(graph::Graph const& graph, Config const& config);

    std::int64_t batch() const { return config_.batch; }
    /// What runs: int8 where the network has int8 layers, bfloat16 where it or the configuration
    /// asks for it and the CPU has it, float16 where weights are stored so and run in float32.
    Precision precision() const { return config_.precision; }
    std::vector<Port> const& inputs() const { return inputs_; }
    std::vector<Port> const& outputs() const { return outputs_; }
    std::vector<std::unique_ptr<Step>> const& steps() const { return steps_; }
    /// Multiply-accumulates of a run.
    double macs() const;
    /// Memory that each thread needs beside the plan, bytes.
    std::size_t workspace_bytes() const { return layout_.bytes; }
    /// Memory of the plan itself, which threads share: packed weights and constants, bytes.
    std::size_t constant_bytes() const;

private:
    friend class PlanRun;
    Config config_;
    std::vector<Port> inputs_;
    std::vector<Port> outputs_;
    std::vector<BufferSpec> buffers_;
    std::vector<std::unique_ptr<Step>> steps_;
    std::vector<std::unique_ptr<std::vector<float>>> constants_;
    ArenaLayout layout_;

    std::string step_at(std::size_t index) const;
};

/// One thread's means to run a plan. The plan must outlive it.
class PlanRun {
public:
    explicit PlanRun(Plan const& plan);

    using Inputs = std::span<std::span<float const> const>;
    using Outputs = std::span<std::span<float> const>;

    /// Runs the plan on its batch: `inputs` and `outputs` are the ports' tensors, in their order.
    /// Throws InputError naming the port of which one has another size. Allocates nothing of ours.
    /// One call at a time.
    void operator()(Inputs inputs, Outputs outputs);

    /// Whether a NaN has met integers since the last call, which have none: some of the showers
    /// that were made of it are void, though their cells may look like others.
    bool take_lost_nan() { return workspace_.take_lost_nan(); }

    /// The same, adding each step's seconds to `seconds` (one per step).
    void timed(Inputs inputs, Outputs outputs, std::span<double> seconds);

private:
    Plan const& plan_;
    Workspace workspace_;
    std::vector<std::unique_ptr<BoundStep>> steps_;

    void bind_ports(Inputs inputs, Outputs outputs);
};

}  // namespace lowcal::runtime
