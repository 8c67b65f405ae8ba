#pragma once

#include "runtime/division/packed_division.hpp"
#include "runtime/steps/step.hpp"

namespace lowcal::runtime {

/// SplitTree: divides the layers of showers into cells, a batch at a time.
class SplitTreeStep : public Step {
public:
    struct Buffers {
        std::size_t layers = 0, primary = 0, entry = 0, uniform = 0, cells = 0;
    };
    SplitTreeStep(std::string name, PackedNetwork network, std::size_t showers, Buffers buffers)
        : Step(std::move(name)), network_(std::move(network)), showers_(showers), buffers_(buffers)
    {
    }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "division"; }
    std::size_t constant_bytes() const override { return network_.bytes(); }

private:
    PackedNetwork network_;
    std::size_t showers_;
    Buffers buffers_;
};

}  // namespace lowcal::runtime
