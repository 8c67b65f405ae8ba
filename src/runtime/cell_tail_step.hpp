#pragma once

#include "runtime/cell_tail_kernel.hpp"
#include "runtime/step.hpp"
#include "runtime/value.hpp"

namespace lowcal::runtime {

/// Turns a network's answers into cell energies, shower by shower, in one pass of our own.
class CellTailStep : public Step {
public:
    struct Config {
        CellTail tail{};          ///< its base is set to the one below
        std::vector<float> base;  ///< [rows][columns][layers]
        PlanValue answer;         ///< channels last, like the result
        PlanValue layer_roots;    ///< [N, layers]
        PlanValue layer_energies;
        PlanValue result;
    };
    CellTailStep(std::string name, Config config);

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "cells"; }

private:
    Config config_;
};

}  // namespace lowcal::runtime
