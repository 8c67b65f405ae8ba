#pragma once

#include "runtime/passes/packed_passes.hpp"
#include "runtime/steps/cell_buffers.hpp"
#include "runtime/steps/step.hpp"

namespace lowcal::runtime {

/// CellPasses: draws the cells of showers, some of them at once.
class CellPassesStep : public Step {
public:
    CellPassesStep(std::string name, PackedPasses network, std::size_t showers,
                   CellBuffers const& buffers)
        : Step(std::move(name)), network_(std::move(network)), showers_(showers), buffers_(buffers)
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "passes"; }
    std::size_t constant_bytes() const override { return network_.bytes(); }

private:
    PackedPasses network_;
    std::size_t showers_;
    CellBuffers buffers_;
};

}  // namespace lowcal::runtime
