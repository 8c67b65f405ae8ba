#pragma once

#include "graph/model/graph.hpp"
#include "runtime/steps/step.hpp"
#include "runtime/steps/value.hpp"

#include <map>

namespace lowcal::runtime {

/// Dense layer [N, in] -> [N, out] in float32: y = f(b + sum over k of x[k] w[k]), f = LeakyReLU,
/// added in this order for every output, so that the result has the same bits for any batch and on
/// any CPU.
class DenseStep : public Step {
public:
    struct Config {
        std::size_t rows = 0;  ///< N
        std::size_t inputs = 0;
        std::size_t outputs = 0;
        std::vector<float> weights;  ///< as weight_index of the kernel says
        std::vector<float> bias;     ///< [padded_outputs(out)]
        float slope = 1.0F;          ///< of the LeakyReLU behind it; 1: none
        std::size_t source = 0;      ///< buffers
        std::size_t destination = 0;
    };
    DenseStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "dense"; }
    std::size_t constant_bytes() const override { return config_.weights.size() * sizeof(float); }
    double macs() const override
    {
        return static_cast<double>(config_.rows * config_.inputs * config_.outputs);
    }

private:
    Config config_;
};

enum class BinaryOperation {
    add,
    both,
    divide,
    either,
    equal,
    greater,
    greater_or_equal,
    less,
    less_or_equal,
    maximum,
    minimum,
    multiply,
    parametric_relu,
    subtract
};

/// Two numbers in one with ONNX's broadcasting, float32; conditions are 0 or 1. Operands may have
/// any memory order; those of the result's shape are fastest in its order.
class BinaryStep : public Step {
public:
    struct Config {
        BinaryOperation operation = BinaryOperation::add;
        PlanValue first;
        PlanValue second;
        PlanValue result;
    };
    BinaryStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "elementwise"; }

private:
    Config config_;
};

/// A node that the runtime has no fast form for, through the slow reference execution: right for
/// every operator that a graph may hold, but it allocates memory at each run.
class ReferenceStep : public Step {
public:
    struct Config {
        graph::Graph graph;             ///< one node, with its constants
        std::vector<PlanValue> inputs;  ///< row-major float32, in the order of graph.inputs
        std::vector<PlanValue> outputs;
    };
    ReferenceStep(std::string name, Config config)
        : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "reference (slow)"; }
    std::size_t constant_bytes() const override;

private:
    Config config_;
};

}  // namespace lowcal::runtime
