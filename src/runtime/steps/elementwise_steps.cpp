#include "runtime/steps/elementwise_steps.hpp"

#include "core/kernels/function_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lowcal::runtime {
namespace {

class BoundUnary : public BoundStep {
public:
    BoundUnary(UnaryStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace), count_(elements(config.source.shape))
    {
        if (config.operation == UnaryOperation::softplus) logarithms_.resize(count_);
    }
    void run() override
    {
        float const first = config_.first;
        float const second = config_.second;
        switch (config_.operation) {
            case UnaryOperation::absolute:
                return with([](float x) { return std::fabs(x); });
            case UnaryOperation::clip:
                return with([=](float x) { return std::min(std::max(x, first), second); });
            case UnaryOperation::cosine:
                return with([](float x) { return std::cos(x); });
            case UnaryOperation::exponential:
                return with(exponential_kernels);
            case UnaryOperation::cube_root:
                return with(cube_root_kernels);
            case UnaryOperation::hard_sigmoid:
                return with([=](float x) { return hard_sigmoid(x, first, second); });
            case UnaryOperation::hard_swish:
                return with([](float x) { return x * hard_sigmoid(x, 1.0F / 6.0F, 0.5F); });
            case UnaryOperation::leaky_relu:
                return with([=](float x) { return x < 0.0F ? first * x : x; });
            case UnaryOperation::logarithm:
                return with(logarithm_kernels);
            case UnaryOperation::negate:
                return with([](float x) { return -x; });
            case UnaryOperation::negation:
                return with([](float x) { return x == 0.0F ? 1.0F : 0.0F; });
            case UnaryOperation::power:
                return with([=](float x) { return std::pow(x, first); });
            case UnaryOperation::reciprocal:
                return with([](float x) { return 1.0F / x; });
            case UnaryOperation::relu:
                return with([](float x) { return x < 0.0F ? 0.0F : x; });
            case UnaryOperation::root:
                return with([](float x) { return std::sqrt(x); });
            case UnaryOperation::sine:
                return with([](float x) { return std::sin(x); });
            case UnaryOperation::softsign:
                return with([](float x) { return x / (1.0F + std::fabs(x)); });
            case UnaryOperation::square:
                return with([](float x) { return x * x; });
            case UnaryOperation::tanh:
                return with(hyperbolic_tangent_kernels);
            default:
                return with_exponentials();
        }
    }

private:
    UnaryStep::Config const& config_;
    Workspace const& workspace_;
    std::size_t count_;
    std::vector<float> logarithms_{};  ///< of softplus

    template <class Function>
    void with(Function function) const
    {
        auto const* const source = workspace_.floats(config_.source.buffer);
        std::transform(source, source + count_, workspace_.floats(config_.result.buffer), function);
    }
    static float hard_sigmoid(float x, float slope, float offset)
    {
        auto const line = slope * x + offset;
        return line < 0.0F ? 0.0F : line > 1.0F ? 1.0F : line;
    }

    /// Functions that are made of an exponential: `argument` of each number, then `finish` of the
    /// number and its exponential.
    template <class Argument, class Finish>
    void through_exponential(Argument argument, Finish finish) const
    {
        auto const* const source = workspace_.floats(config_.source.buffer);
        auto* const result = workspace_.floats(config_.result.buffer);
        std::transform(source, source + count_, result, argument);
        exponential_kernels.fastest()(result, result, count_);
        std::transform(source, source + count_, result, result, finish);
    }

    void with_exponentials()
    {
        float const first = config_.first;
        float const second = config_.second;
        auto const below_zero = [](float x) { return x < 0.0F ? x : 0.0F; };
        auto const above_zero = [](float x) { return x < 0.0F ? 0.0F : x; };
        switch (config_.operation) {
            case UnaryOperation::elu:
                // Sums, one of whose terms is 0: a choice would become a branch.
                return through_exponential(below_zero, [=](float x, float e) {
                    return above_zero(x) + first * (e - 1.0F);
                });
            case UnaryOperation::selu:
                return through_exponential(below_zero, [=](float x, float e) {
                    return second * (above_zero(x) + first * (e - 1.0F));
                });
            case UnaryOperation::sigmoid:
                return through_exponential([](float x) { return -x; },
                                           [](float, float e) { return 1.0F / (1.0F + e); });
            case UnaryOperation::softplus:
                return softplus();
            default:
                return error_function();
        }
    }

    /// max(x, 0) + log(1 + e), e = exp(-|x|), in which log(1 + e) is as exact as e is: what is lost
    /// in u = 1 + e is made up for by e / (u - 1) (Kahan).
    void softplus()
    {
        auto const* const source = workspace_.floats(config_.source.buffer);
        auto* const result = workspace_.floats(config_.result.buffer);
        std::transform(source, source + count_, result, [](float x) { return -std::fabs(x); });
        exponential_kernels.fastest()(result, result, count_);
        std::transform(result, result + count_, logarithms_.data(),
                       [](float e) { return 1.0F + e; });
        logarithm_kernels.fastest()(logarithms_.data(), logarithms_.data(), count_);
        for (std::size_t i = 0; i < count_; ++i) {
            float const e = result[i], kept = (1.0F + e) - 1.0F;
            float const made_up = logarithms_[i] * e / (kept == 0.0F ? 1.0F : kept);
            result[i] = (source[i] < 0.0F ? 0.0F : source[i]) + (kept == 0.0F ? e : made_up);
        }
    }

    /// Abramowitz and Stegun 7.1.26.
    void error_function() const
    {
        through_exponential(
            [](float x) { return -x * x; },
            [](float x, float e) {
                auto const size = std::fabs(x);
                auto const t = 1.0F / (1.0F + 0.3275911F * size);
                auto const polynomial =
                    ((((1.061405429F * t - 1.453152027F) * t + 1.421413741F) * t - 0.284496736F) *
                         t +
                     0.254829592F) *
                    t;
                return x != x ? x : std::copysign(1.0F - polynomial * e, x);
            });
    }

    template <class Kernel>
    void with(KernelVersions<Kernel> const& kernels) const
    {
        kernels.fastest()(workspace_.floats(config_.source.buffer),
                          workspace_.floats(config_.result.buffer), count_);
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
        auto const* source = workspace_.floats(config_.source.buffer);
        auto* const result = workspace_.floats(config_.result.buffer);
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
        auto const* source = workspace_.floats(config_.source.buffer);
        for (std::size_t row = 0; row < rows_; ++row, source += row_length_)
            for (auto const& [value, first] : config_.pieces) {
                auto const length = elements(value.shape) / rows_;
                std::copy_n(source + static_cast<std::size_t>(first) * step_, length,
                            workspace_.floats(value.buffer) + row * length);
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
