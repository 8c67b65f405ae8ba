#pragma once

#include "runtime/steps/workspace.hpp"

#include <memory>
#include <string>

namespace lowcal::runtime {

/// A step tied to the memory of one workspace; used by one thread at a time.
class BoundStep {
public:
    virtual ~BoundStep() = default;
    /// Allocates nothing of ours.
    virtual void run() = 0;
};

/// One operation of a plan: what does not change between threads (primitives, packed weights).
/// Immutable; shared by all threads.
class Step {
public:
    explicit Step(std::string name) : name_(std::move(name)) {}
    virtual ~Step() = default;
    Step(Step const&) = delete;
    Step& operator=(Step const&) = delete;

    virtual std::unique_ptr<BoundStep> bind(Workspace const& workspace) const = 0;
    /// "convolution", "copy", ...
    virtual char const* kind() const = 0;
    /// Multiply-accumulates of one run (a whole batch).
    virtual double macs() const { return 0.0; }
    /// Seconds of the step's oneDNN primitives alone: the same sizes in the layout that oneDNN
    /// itself prefers, without post-ops, weights and data warm. 0 for steps without.
    virtual double seconds_alone() const { return 0.0; }
    /// Memory that it holds beside the workspaces: packed weights, constants.
    virtual std::size_t constant_bytes() const { return 0; }
    /// True if its multiplications are of 8-bit integers.
    virtual bool is_int8() const { return false; }
    /// True if oneDNN chooses, by the CPU's instructions, the order in which it sums.
    virtual bool sums_in_onednn() const { return false; }
    std::string const& name() const { return name_; }

private:
    std::string name_;
};

}  // namespace lowcal::runtime
