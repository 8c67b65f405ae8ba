#pragma once

#include "runtime/division/packed_division.hpp"
#include "runtime/steps/cell_buffers.hpp"
#include "runtime/steps/step.hpp"

namespace lowcal::runtime {

/// SplitTree: divides the layers of showers into cells, a batch at a time. `Number`: float, or in
/// int8 std::uint8_t.
template <class Number>
class SplitTreeStep : public Step {
public:
    SplitTreeStep(std::string name, PackedNetwork<Number> network, std::size_t showers,
                  CellBuffers buffers)
        : Step(std::move(name)), network_(std::move(network)), showers_(showers), buffers_(buffers)
    {
    }

    /// Memory of one thread, about.
    static std::size_t bytes(graph::SplitNetworkConfig const& config, std::size_t showers);

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "division"; }
    bool is_int8() const override { return std::is_same_v<Number, std::uint8_t>; }
    std::size_t constant_bytes() const override { return network_.bytes(); }

private:
    PackedNetwork<Number> network_;
    std::size_t showers_;
    CellBuffers buffers_;
};
extern template class SplitTreeStep<float>;
extern template class SplitTreeStep<std::uint8_t>;

}  // namespace lowcal::runtime
