#pragma once

#include "runtime/steps/step.hpp"
#include "runtime/steps/value.hpp"

namespace lowcal::runtime {

/// Products of matrices that are both computed, row-major float32, stacked: result s is matrix
/// first_matrices[s] of the first operand times matrix second_matrices[s] of the second. Sums are
/// formed in one order, so that the bits depend on no batch.
class ProductStep : public Step {
public:
    struct Config {
        std::size_t rows = 0, depth = 0, columns = 0;  ///< of each product
        std::vector<std::size_t> first_matrices{};
        std::vector<std::size_t> second_matrices{};
        std::size_t first = 0, second = 0, result = 0;  ///< buffers
    };
    ProductStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "product"; }
    double macs() const override
    {
        return static_cast<double>(config_.first_matrices.size() * config_.rows * config_.depth *
                                   config_.columns);
    }

private:
    Config config_;
};

/// (x - mean) / sqrt(variance + epsilon) of each row of `length` numbers, then scaled and shifted:
/// by numbers of the row's own (`by_row`: row r has number r modulo their count) or of each place
/// in it. Row-major float32, or of images by row with their channels last; sums in double.
class NormaliseStep : public Step {
public:
    struct Config {
        std::size_t length = 1;
        float epsilon = 0.0F;
        bool by_row = false;
        std::vector<float> scales{};
        std::vector<float> shifts{};
        PlanValue source;
        PlanValue result;
    };
    NormaliseStep(std::string name, Config config)
        : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "normalisation"; }

private:
    Config config_;
};

/// exp(x - largest) over their sum, of each row of `length` numbers; row-major float32.
class SoftmaxStep : public Step {
public:
    struct Config {
        std::size_t length = 1;
        PlanValue source;
        PlanValue result;
    };
    SoftmaxStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "softmax"; }

private:
    Config config_;
};

enum class Reduction { absolute_sum, largest, mean, norm, smallest, square_sum, sum };

/// One number of each `count` that follow one another in memory, float32; sums in double.
class ReduceStep : public Step {
public:
    struct Config {
        Reduction reduction = Reduction::sum;
        std::size_t count = 1;
        PlanValue source;
        PlanValue result;
    };
    ReduceStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "sum"; }

private:
    Config config_;
};

/// Elements that are picked axis by axis: graph::PickedAxis for each axis in memory order; float32,
/// or levels.
class PickStep : public Step {
public:
    struct Config {
        std::vector<std::vector<std::int64_t>> axes{};  ///< in memory order, outermost first
        float outside = 0.0F;  ///< what stands where nothing is picked, float32
        PlanValue source;      ///< both have the same memory order
        PlanValue result;
    };
    PickStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config)) {}

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "copy"; }

private:
    Config config_;
};

/// A sum of a few elements along one axis for each output: a Resize, one axis at a time. float32;
/// result and source have the same memory order, of which `inner` elements lie behind the axis.
class InterpolateStep : public Step {
public:
    struct Tap {
        std::size_t source = 0;
        float weight = 1.0F;
    };
    struct Config {
        std::size_t outer = 1, length = 1, inner = 1;  ///< `length` of the source's axis
        std::vector<std::vector<Tap>> taps{};          ///< of each output along the axis
        PlanValue source;
        PlanValue result;
    };
    InterpolateStep(std::string name, Config config)
        : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "resize"; }

private:
    Config config_;
};

/// One of two numbers by a condition (0 or not), with ONNX's broadcasting; row-major float32.
class WhereStep : public Step {
public:
    struct Config {
        PlanValue condition;
        PlanValue chosen;
        PlanValue other;
        PlanValue result;
    };
    WhereStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config))
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "elementwise"; }

private:
    Config config_;
};

}  // namespace lowcal::runtime
