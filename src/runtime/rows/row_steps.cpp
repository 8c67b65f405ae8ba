#include "runtime/rows/row_steps.hpp"

#include "core/kernels/function_kernels.hpp"
#include "runtime/kernels/dense_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

/// Packs each second factor as the kernel of dense layers wants weights.
class BoundProduct : public BoundStep {
public:
    BoundProduct(ProductStep::Config const& config, Workspace const& workspace)
        : config_(config),
          workspace_(workspace),
          packed_(config.depth * padded_outputs(config.columns), 0.0F),
          bias_(padded_outputs(config.columns), 0.0F)
    {
    }
    void run() override
    {
        auto const* const first = workspace_.floats(config_.first);
        auto const* const second = workspace_.floats(config_.second);
        auto* result = workspace_.floats(config_.result);
        for (std::size_t s = 0; s < config_.first_matrices.size(); ++s) {
            if (s == 0 || config_.second_matrices[s] != config_.second_matrices[s - 1])
                pack(second + config_.second_matrices[s] * config_.depth * config_.columns);
            dense_kernels.fastest()(
                {.rows = config_.rows,
                 .inputs = config_.depth,
                 .outputs = config_.columns,
                 .source = first + config_.first_matrices[s] * config_.rows * config_.depth,
                 .weights = packed_.data(),
                 .bias = bias_.data(),
                 .result = result});
            result += config_.rows * config_.columns;
        }
    }

private:
    ProductStep::Config const& config_;
    Workspace const& workspace_;
    std::vector<float> packed_;
    std::vector<float> bias_;

    void pack(float const* matrix)
    {
        for (std::size_t k = 0; k < config_.depth; ++k)
            for (std::size_t first = 0; first < config_.columns; first += outputs_together) {
                auto const count = std::min(outputs_together, config_.columns - first);
                std::copy_n(matrix + k * config_.columns + first, count,
                            packed_.data() + weight_index(config_.depth, k, first));
            }
    }
};

class BoundSoftmax : public BoundStep {
public:
    BoundSoftmax(SoftmaxStep::Config const& config, Workspace const& workspace)
        : config_(config),
          workspace_(workspace),
          rows_(elements(config.source.shape) / config.length)
    {
    }
    void run() override
    {
        auto const length = config_.length;
        auto const* const source = workspace_.floats(config_.source.buffer);
        auto* const result = workspace_.floats(config_.result.buffer);
        for (std::size_t row = 0; row < rows_; ++row) {
            auto const* const from = source + row * length;
            auto const most = *std::max_element(from, from + length);
            std::transform(from, from + length, result + row * length,
                           [most](float x) { return x - most; });
        }
        exponential_kernels.fastest()(result, result, rows_ * length);
        for (std::size_t row = 0; row < rows_; ++row) {
            auto* const numbers = result + row * length;
            double sum = 0.0;
            for (std::size_t i = 0; i < length; ++i) sum += static_cast<double>(numbers[i]);
            auto const factor = static_cast<float>(1.0 / sum);
            for (std::size_t i = 0; i < length; ++i) numbers[i] *= factor;
        }
    }

private:
    SoftmaxStep::Config const& config_;
    Workspace const& workspace_;
    std::size_t rows_;
};

class BoundReduce : public BoundStep {
public:
    BoundReduce(ReduceStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace), results_(elements(config.result.shape))
    {
    }
    void run() override
    {
        auto const* source = workspace_.floats(config_.source.buffer);
        auto* const result = workspace_.floats(config_.result.buffer);
        for (std::size_t i = 0; i < results_; ++i, source += config_.count)
            result[i] = static_cast<float>(reduced(source));
    }

private:
    ReduceStep::Config const& config_;
    Workspace const& workspace_;
    std::size_t results_;

    template <class Term>
    double sum(float const* numbers, Term term) const
    {
        double total = 0.0;
        for (std::size_t i = 0; i < config_.count; ++i)
            total += term(static_cast<double>(numbers[i]));
        return total;
    }

    /// NaN stays.
    template <class Better>
    double best(float const* numbers, Better better) const
    {
        auto found = numbers[0];
        for (std::size_t i = 1; i < config_.count; ++i)
            if (better(numbers[i], found) || numbers[i] != numbers[i]) found = numbers[i];
        return static_cast<double>(found);
    }

    double reduced(float const* numbers) const
    {
        auto const square = [](double x) { return x * x; };
        switch (config_.reduction) {
            case Reduction::absolute_sum:
                return sum(numbers, [](double x) { return std::fabs(x); });
            case Reduction::largest:
                return best(numbers, [](float a, float b) { return a > b; });
            case Reduction::smallest:
                return best(numbers, [](float a, float b) { return a < b; });
            case Reduction::mean:
                return sum(numbers, [](double x) { return x; }) /
                       static_cast<double>(config_.count);
            case Reduction::norm:
                return std::sqrt(sum(numbers, square));
            case Reduction::square_sum:
                return sum(numbers, square);
            case Reduction::sum:
                break;
        }
        return sum(numbers, [](double x) { return x; });
    }
};

class BoundInterpolate : public BoundStep {
public:
    BoundInterpolate(InterpolateStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace)
    {
    }
    void run() override
    {
        auto const* const source = workspace_.floats(config_.source.buffer);
        auto* result = workspace_.floats(config_.result.buffer);
        for (std::size_t outer = 0; outer < config_.outer; ++outer)
            for (auto const& taps : config_.taps) {
                auto const* const image = source + outer * config_.length * config_.inner;
                std::fill_n(result, config_.inner, 0.0F);
                for (auto const& tap : taps) {
                    auto const* const row = image + tap.source * config_.inner;
                    for (std::size_t i = 0; i < config_.inner; ++i)
                        result[i] += tap.weight * row[i];
                }
                result += config_.inner;
            }
    }

private:
    InterpolateStep::Config const& config_;
    Workspace const& workspace_;
};

class BoundWhere : public BoundStep {
public:
    BoundWhere(WhereStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace)
    {
        for (auto const* const operand : {&config.condition, &config.chosen, &config.other}) {
            auto const own = strides(*operand);
            auto const missing = config.result.shape.size() - own.size();
            std::vector<std::int64_t> steps(config.result.shape.size(), 0);
            for (std::size_t i = 0; i < own.size(); ++i)
                if (operand->shape[i] != 1) steps[missing + i] = own[i];
            steps_.push_back(std::move(steps));
        }
    }
    void run() override
    {
        auto* result = workspace_.floats(config_.result.buffer);
        choose(0, workspace_.floats(config_.condition.buffer),
               workspace_.floats(config_.chosen.buffer), workspace_.floats(config_.other.buffer),
               result);
    }

private:
    WhereStep::Config const& config_;
    Workspace const& workspace_;
    std::vector<std::vector<std::int64_t>> steps_;  ///< of each operand along each axis

    void choose(std::size_t axis, float const* condition, float const* chosen, float const* other,
                float*& result) const
    {
        if (axis == config_.result.shape.size()) {
            *result++ = *condition != 0.0F ? *chosen : *other;
            return;
        }
        auto const a = steps_[0][axis], b = steps_[1][axis], c = steps_[2][axis];
        auto const size = config_.result.shape[axis];
        if (axis + 1 == config_.result.shape.size()) {
            for (std::int64_t i = 0; i < size; ++i)
                *result++ = condition[i * a] != 0.0F ? chosen[i * b] : other[i * c];
            return;
        }
        for (std::int64_t i = 0; i < size; ++i)
            choose(axis + 1, condition + i * a, chosen + i * b, other + i * c, result);
    }
};

}  // namespace

std::unique_ptr<BoundStep> ProductStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundProduct>(config_, workspace);
}

std::unique_ptr<BoundStep> SoftmaxStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundSoftmax>(config_, workspace);
}

std::unique_ptr<BoundStep> ReduceStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundReduce>(config_, workspace);
}

std::unique_ptr<BoundStep> InterpolateStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundInterpolate>(config_, workspace);
}

std::unique_ptr<BoundStep> WhereStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundWhere>(config_, workspace);
}

}  // namespace lowcal::runtime
