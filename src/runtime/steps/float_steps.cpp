#include "runtime/steps/float_steps.hpp"

#include "graph/model/element_type.hpp"
#include "graph/reference/reference.hpp"
#include "runtime/kernels/dense_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

class BoundDense : public BoundStep {
public:
    BoundDense(DenseStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace)
    {
    }
    void run() override
    {
        dense_kernels.fastest()({.rows = config_.rows,
                                 .inputs = config_.inputs,
                                 .outputs = config_.outputs,
                                 .source = workspace_.floats(config_.source),
                                 .weights = config_.weights.data(),
                                 .bias = config_.bias.data(),
                                 .slope = config_.slope,
                                 .result = workspace_.floats(config_.destination)});
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

/// Numbers that are one step apart, or (0) always the same one.
struct Row {
    float const* first;
    std::int64_t step;
};

/// Loops of their own, so that each becomes vectors.
template <class Operation>
float* apply_row(std::size_t count, Row a, Row b, float* result, Operation operation)
{
    if (a.step == 1 && b.step == 1)
        return std::transform(a.first, a.first + count, b.first, result, operation);
    if (a.step == 1 && b.step == 0)
        return std::transform(a.first, a.first + count, result,
                              [&, y = *b.first](float x) { return operation(x, y); });
    if (a.step == 0 && b.step == 1)
        return std::transform(b.first, b.first + count, result,
                              [&, x = *a.first](float y) { return operation(x, y); });
    for (std::size_t i = 0; i < count; ++i) {
        auto const index = static_cast<std::int64_t>(i);
        *result++ = operation(a.first[index * a.step], b.first[index * b.step]);
    }
    return result;
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
        result = apply_row(static_cast<std::size_t>(shape[axis]), {first, first_steps[axis]},
                           {second, second_steps[axis]}, result, operation);
        return;
    }
    for (std::int64_t i = 0; i < shape[axis]; ++i)
        apply(shape, first_steps, second_steps, first + i * first_steps[axis],
              second + i * second_steps[axis], result, axis + 1, operation);
}

/// Numbers along the axes in the memory order of the result.
std::vector<std::int64_t> in_memory_order(std::vector<std::int64_t> const& numbers,
                                          AxisOrder const& order)
{
    std::vector<std::int64_t> sorted;
    for (auto const axis : order) sorted.push_back(numbers[axis]);
    return sorted;
}

class BoundBinary : public BoundStep {
public:
    BoundBinary(BinaryStep::Config const& config, Workspace const& workspace)
        : config_(config),
          workspace_(workspace),
          shape_(in_memory_order(config.result.shape, config.result.order)),
          first_steps_(in_memory_order(broadcast_steps(config.first, config.result.shape),
                                       config.result.order)),
          second_steps_(in_memory_order(broadcast_steps(config.second, config.result.shape),
                                        config.result.order))
    {
        join_axes();
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
                return with([](float a, float b) { return a < b || b != b ? b : a; });  // keeps NaN
            case BinaryOperation::minimum:
                return with([](float a, float b) { return b < a || b != b ? b : a; });
            case BinaryOperation::parametric_relu:
                return with([](float a, float b) { return a < 0.0F ? a * b : a; });
            default:
                return compare();
        }
    }

private:
    BinaryStep::Config const& config_;
    Workspace const& workspace_;
    std::vector<std::int64_t> shape_;
    std::vector<std::int64_t> first_steps_;
    std::vector<std::int64_t> second_steps_;

    /// Axes that follow one another in both operands become one: long rows.
    void join_axes()
    {
        for (std::size_t axis = shape_.size(); axis-- > 1;) {
            auto const joins = [&](std::vector<std::int64_t> const& steps) {
                return steps[axis - 1] == steps[axis] * shape_[axis];
            };
            if (!joins(first_steps_) || !joins(second_steps_)) continue;
            shape_[axis - 1] *= shape_[axis];
            for (auto* const numbers : {&first_steps_, &second_steps_}) {
                (*numbers)[axis - 1] = (*numbers)[axis];
                numbers->erase(numbers->begin() + static_cast<std::ptrdiff_t>(axis));
            }
            shape_.erase(shape_.begin() + static_cast<std::ptrdiff_t>(axis));
        }
    }

    void compare() const
    {
        switch (config_.operation) {
            case BinaryOperation::equal:
                return with([](float a, float b) { return a == b ? 1.0F : 0.0F; });
            case BinaryOperation::greater:
                return with([](float a, float b) { return a > b ? 1.0F : 0.0F; });
            case BinaryOperation::greater_or_equal:
                return with([](float a, float b) { return a >= b ? 1.0F : 0.0F; });
            case BinaryOperation::less:
                return with([](float a, float b) { return a < b ? 1.0F : 0.0F; });
            case BinaryOperation::less_or_equal:
                return with([](float a, float b) { return a <= b ? 1.0F : 0.0F; });
            case BinaryOperation::both:
                return with([](float a, float b) { return a != 0 && b != 0 ? 1.0F : 0.0F; });
            default:
                return with([](float a, float b) { return a != 0 || b != 0 ? 1.0F : 0.0F; });
        }
    }

    template <class Operation>
    void with(Operation operation) const
    {
        float* result = workspace_.floats(config_.result.buffer);
        apply(shape_, first_steps_, second_steps_, workspace_.floats(config_.first.buffer),
              workspace_.floats(config_.second.buffer), result, 0, operation);
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
            auto const* const first = workspace_.floats(value.buffer);
            auto const& port = config_.graph.inputs[i];
            auto& tensor = inputs[port.name];
            tensor = {.type = port.type, .shape = value.shape, .floats = {}, .integers = {}};
            if (graph::is_floating(port.type))
                tensor.floats.assign(first, first + elements(value.shape));
            else
                std::for_each_n(first, elements(value.shape), [&tensor](float x) {
                    tensor.integers.push_back(std::isnan(x) ? 0 : static_cast<std::int64_t>(x));
                });
        }
        auto const outputs = graph::run_reference(config_.graph, inputs);
        for (std::size_t i = 0; i < config_.outputs.size(); ++i) {
            auto const& result = outputs.at(config_.graph.outputs[i].name);
            auto* to = workspace_.floats(config_.outputs[i].buffer);
            to = std::copy(result.floats.begin(), result.floats.end(), to);
            for (auto const number : result.integers) *to++ = static_cast<float>(number);
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

std::size_t ReferenceStep::constant_bytes() const
{
    std::size_t bytes = 0;
    for (auto const& [name, tensor] : config_.graph.constants)
        bytes += tensor.floats.size() * sizeof(float) +
                 tensor.integers.size() * tensor.integers.bytes_per_element();
    return bytes;
}

std::unique_ptr<BoundStep> ReferenceStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundReference>(config_, workspace);
}

}  // namespace lowcal::runtime
