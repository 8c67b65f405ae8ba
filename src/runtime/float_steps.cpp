#include "runtime/float_steps.hpp"

#include "graph/reference.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

float* floats(Workspace const& workspace, std::size_t buffer)
{
    return reinterpret_cast<float*>(workspace.data(buffer));
}

class BoundDense : public BoundStep {
public:
    BoundDense(DenseStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace)
    {
    }
    void run() override
    {
        auto const* source = floats(workspace_, config_.source);
        auto* destination = floats(workspace_, config_.destination);
        for (std::size_t n = 0; n < config_.rows; ++n) {
            std::copy(config_.bias.begin(), config_.bias.end(), destination);
            auto const* weights = config_.weights.data();
            for (std::size_t k = 0; k < config_.inputs; ++k, weights += config_.outputs) {
                float const value = source[k];
                for (std::size_t o = 0; o < config_.outputs; ++o)
                    destination[o] += value * weights[o];
            }
            source += config_.inputs;
            destination += config_.outputs;
        }
    }

private:
    DenseStep::Config const& config_;
    Workspace const& workspace_;
};

/// Steps through an operand for each element of the result; 0 along broadcast axes.
std::vector<std::int64_t> broadcast_steps(PlanValue const& operand, graph::Shape const& result)
{
    auto const own = strides(operand);
    std::vector<std::int64_t> steps(result.size(), 0);
    auto const missing = result.size() - operand.shape.size();
    for (std::size_t i = 0; i < operand.shape.size(); ++i)
        if (operand.shape[i] != 1) steps[missing + i] = own[i];
    return steps;
}

template <class Operation>
void apply(std::vector<std::int64_t> const& shape, std::vector<std::int64_t> const& first_steps,
           std::vector<std::int64_t> const& second_steps, float const* first, float const* second,
           float*& result, std::size_t axis, Operation operation)
{
    if (axis == shape.size()) {
        *result++ = operation(*first, *second);
        return;
    }
    if (axis + 1 == shape.size()) {
        for (std::int64_t i = 0; i < shape[axis]; ++i)
            *result++ = operation(first[i * first_steps[axis]], second[i * second_steps[axis]]);
        return;
    }
    for (std::int64_t i = 0; i < shape[axis]; ++i)
        apply(shape, first_steps, second_steps, first + i * first_steps[axis],
              second + i * second_steps[axis], result, axis + 1, operation);
}

class BoundBinary : public BoundStep {
public:
    BoundBinary(BinaryStep::Config const& config, Workspace const& workspace)
        : config_(config),
          workspace_(workspace),
          first_steps_(broadcast_steps(config.first, config.result.shape)),
          second_steps_(broadcast_steps(config.second, config.result.shape))
    {
    }
    void run() override
    {
        switch (config_.operation) {
            case BinaryOperation::add:
                return with([](float a, float b) { return a + b; });
            case BinaryOperation::subtract:
                return with([](float a, float b) { return a - b; });
            case BinaryOperation::multiply:
                return with([](float a, float b) { return a * b; });
            case BinaryOperation::divide:
                return with([](float a, float b) { return a / b; });
            case BinaryOperation::maximum:
                return with([](float a, float b) { return std::max(a, b); });
        }
    }

private:
    BinaryStep::Config const& config_;
    Workspace const& workspace_;
    std::vector<std::int64_t> first_steps_;
    std::vector<std::int64_t> second_steps_;

    template <class Operation>
    void with(Operation operation) const
    {
        float* result = floats(workspace_, config_.result.buffer);
        apply(config_.result.shape, first_steps_, second_steps_,
              floats(workspace_, config_.first.buffer), floats(workspace_, config_.second.buffer),
              result, 0, operation);
    }
};

class BoundReference : public BoundStep {
public:
    BoundReference(ReferenceStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace)
    {
    }
    void run() override
    {
        std::map<std::string, graph::Tensor> inputs;
        for (std::size_t i = 0; i < config_.inputs.size(); ++i) {
            auto const& value = config_.inputs[i];
            auto const* const first = floats(workspace_, value.buffer);
            inputs[config_.graph.inputs[i].name] = {
                .shape = value.shape, .floats = {first, first + elements(value.shape)}};
        }
        auto const outputs = graph::run_reference(config_.graph, inputs);
        for (std::size_t i = 0; i < config_.outputs.size(); ++i) {
            auto const& result = outputs.at(config_.graph.outputs[i].name).floats;
            std::copy(result.begin(), result.end(), floats(workspace_, config_.outputs[i].buffer));
        }
    }

private:
    ReferenceStep::Config const& config_;
    Workspace const& workspace_;
};

}  // namespace

std::unique_ptr<BoundStep> DenseStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundDense>(config_, workspace);
}

std::unique_ptr<BoundStep> BinaryStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundBinary>(config_, workspace);
}

std::unique_ptr<BoundStep> ReferenceStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundReference>(config_, workspace);
}

}  // namespace lowcal::runtime
