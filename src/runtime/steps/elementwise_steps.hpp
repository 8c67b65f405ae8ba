#pragma once

#include "runtime/steps/step.hpp"
#include "runtime/steps/value.hpp"

namespace lowcal::runtime {

enum class UnaryOperation {
    clip,
    cube_root,
    exponential,
    leaky_relu,
    logarithm,
    power,
    relu,
    root,
    tanh
};

/// A function of each element, float32; the result has the memory order of the source. Powers other
/// than the cube root are the C library's; all else has the same bits on every machine.
class UnaryStep : public Step {
public:
    struct Config {
        UnaryOperation operation = UnaryOperation::relu;
        float first = 0.0F;   ///< clip: lower bound; leaky_relu: slope; power: exponent
        float second = 0.0F;  ///< clip: upper bound
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
