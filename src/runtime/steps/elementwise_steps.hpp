#pragma once

#include "runtime/steps/step.hpp"
#include "runtime/steps/value.hpp"

namespace lowcal::runtime {

enum class UnaryOperation {
    absolute,
    clip,
    cosine,
    cube_root,
    elu,
    erf,
    exponential,
    hard_sigmoid,
    hard_swish,
    leaky_relu,
    logarithm,
    negate,
    negation,  ///< of a condition
    power,
    reciprocal,
    relu,
    root,
    selu,
    sigmoid,
    sine,
    softplus,
    softsign,
    square,
    tanh
};

/// A function of each element, float32; the result has the memory order of the source. Powers other
/// than square and cube root, sine, cosine and Softplus are the C library's; all else has the same
/// bits on every machine. The error function is good to 5e-7.
class UnaryStep : public Step {
public:
    struct Config {
        UnaryOperation operation = UnaryOperation::relu;
        /// clip: lower bound; leaky_relu: slope; power: exponent; elu, selu, hard_sigmoid: alpha
        float first = 0.0F;
        float second = 0.0F;  ///< clip: upper bound; selu: gamma; hard_sigmoid: beta
        PlanValue source;
        PlanValue result;
    };
    UnaryStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "elementwise"; }

private:
    Config config_;
};

/// Sums over the innermost elements of a row-major float32 tensor: result[i] is the sum of the i-th
/// `count` elements, added in double in their order.
class SumStep : public Step {
public:
    struct Config {
        std::size_t count = 1;
        PlanValue source;
        PlanValue result;
    };
    SumStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config)) {}

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "sum"; }

private:
    Config config_;
};

/// Cuts pieces out of a row-major float32 tensor along one axis.
class SplitStep : public Step {
public:
    struct Piece {
        PlanValue value;
        std::int64_t first = 0;  ///< along the axis
    };
    struct Config {
        std::size_t axis = 0;
        PlanValue source;
        std::vector<Piece> pieces;
    };
    SplitStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "copy"; }

private:
    Config config_;
};

}  // namespace lowcal::runtime
