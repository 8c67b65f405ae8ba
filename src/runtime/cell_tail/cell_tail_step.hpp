#pragma once

#include "runtime/cell_tail/cell_tail_kernel.hpp"
#include "runtime/steps/step.hpp"
#include "runtime/steps/value.hpp"

namespace lowcal::runtime {

/// Turns a network's answers into cell energies, shower by shower, in one pass of our own.
class CellTailStep : public Step {
public:
    struct Config {
        CellTail tail{};          ///< its pointers are set to what is below
        std::vector<float> base;  ///< [rows][columns][layers]
        std::vector<float> scatter;
        std::vector<float> scatter_low;
        /// In whose order numbers of a shower's noise are laid out, and where in that each cell's
        /// begin.
        std::vector<std::uint32_t> noise_order;
        std::vector<std::uint32_t> noise_places;
        PlanValue noise;        ///< [N, period]
        PlanValue answer;       ///< channels last, like the result
        PlanValue layer_roots;  ///< [N, layers]
        PlanValue layer_energies;
        PlanValue result;
    };
    CellTailStep(std::string name, Config config);

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "cells"; }
    std::size_t constant_bytes() const override
    {
        return 3 * config_.base.size() * sizeof(float) +
               (config_.noise_order.size() + config_.noise_places.size()) * sizeof(std::uint32_t);
    }

private:
    Config config_;
};

}  // namespace lowcal::runtime
