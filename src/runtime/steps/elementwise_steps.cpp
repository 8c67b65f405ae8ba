#include "runtime/steps/elementwise_steps.hpp"

#include "core/kernels/function_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

float* floats(Workspace const& workspace, PlanValue const& value)
{
    return reinterpret_cast<float*>(workspace.data(value.buffer));
}

class BoundUnary : public BoundStep {
public:
    BoundUnary(UnaryStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace), count_(elements(config.source.shape))
    {
    }
    void run() override
    {
        float const first = config_.first;
        float const second = config_.second;
        switch (config_.operation) {
            case UnaryOperation::clip:
                return with([=](float x) { return std::min(std::max(x, first), second); });
            case UnaryOperation::exponential:
                return with(exponential_kernels);
            case UnaryOperation::cube_root:
                return with(cube_root_kernels);
            case UnaryOperation::leaky_relu:
                return with([=](float x) { return x < 0.0F ? first * x : x; });
            case UnaryOperation::logarithm:
                return with(logarithm_kernels);
            case UnaryOperation::power:
                return with([=](float x) { return std::pow(x, first); });
            case UnaryOperation::relu:
                return with([](float x) { return x < 0.0F ? 0.0F : x; });
            case UnaryOperation::root:
                return with([](float x) { return std::sqrt(x); });
            case UnaryOperation::tanh:
                return with(hyperbolic_tangent_kernels);
        }
    }

private:
    UnaryStep::Config const& config_;
    Workspace const& workspace_;
    std::size_t count_;

    template <class Function>
    void with(Function function) const
    {
        auto const* const source = floats(workspace_, config_.source);
        std::transform(source, source + count_, floats(workspace_, config_.result), function);
    }
    template <class Kernel>
    void with(KernelVersions<Kernel> const& kernels) const
    {
        kernels.fastest()(floats(workspace_, config_.source), floats(workspace_, config_.result),
                          count_);
    }
};

class BoundSum : public BoundStep {
public:
    BoundSum(SumStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace), sums_(elements(config.result.shape))
    {
    }
    void run() override
    {
        auto const* source = floats(workspace_, config_.source);
        auto* const result = floats(workspace_, config_.result);
        for (std::size_t i = 0; i < sums_; ++i) {
            double sum = 0.0;
            for (std::size_t k = 0; k < config_.count; ++k) sum += static_cast<double>(*source++);
            result[i] = static_cast<float>(sum);
        }
    }

private:
    SumStep::Config const& config_;
    Workspace const& workspace_;
    std::size_t sums_;
};

class BoundSplit : public BoundStep {
public:
    BoundSplit(SplitStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace)
    {
        auto const& shape = config.source.shape;
        for (std::size_t i = 0; i < config.axis; ++i) rows_ *= static_cast<std::size_t>(shape[i]);
        for (std::size_t i = config.axis + 1; i < shape.size(); ++i)
            step_ *= static_cast<std::size_t>(shape[i]);
        row_length_ = step_ * static_cast<std::size_t>(shape[config.axis]);
    }
    void run() override
    {
        auto const* source = floats(workspace_, config_.source);
        for (std::size_t row = 0; row < rows_; ++row, source += row_length_)
            for (auto const& [value, first] : config_.pieces) {
                auto const length = elements(value.shape) / rows_;
                std::copy_n(source + static_cast<std::size_t>(first) * step_, length,
                            floats(workspace_, value) + row * length);
            }
    }

private:
    SplitStep::Config const& config_;
    Workspace const& workspace_;
    std::size_t rows_ = 1;
    std::size_t step_ = 1;  ///< along the axis
    std::size_t row_length_ = 1;
};

}  // namespace

std::unique_ptr<BoundStep> UnaryStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundUnary>(config_, workspace);
}

std::unique_ptr<BoundStep> SumStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundSum>(config_, workspace);
}

std::unique_ptr<BoundStep> SplitStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundSplit>(config_, workspace);
}

}  // namespace lowcal::runtime
