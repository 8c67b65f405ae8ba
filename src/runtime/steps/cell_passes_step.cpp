#include "runtime/steps/cell_passes_step.hpp"

#include "runtime/passes/shower_passes.hpp"

namespace lowcal::runtime {
namespace {

class BoundCellPasses : public BoundStep {
public:
    BoundCellPasses(PackedPasses const& network, std::size_t showers, CellBuffers const& buffers,
                    Workspace const& workspace)
        : showers_(showers), buffers_(buffers), workspace_(workspace), passes_(network, showers)
    {
    }

    void run() override
    {
        passes_({.count = showers_,
                 .layers = workspace_.floats(buffers_.layers),
                 .primary = workspace_.floats(buffers_.primary),
                 .entry = workspace_.floats(buffers_.entry),
                 .uniform = workspace_.floats(buffers_.uniform),
                 .uniform_step = buffers_.uniform_step,
                 .cells = workspace_.floats(buffers_.cells)});
    }

private:
    std::size_t showers_;
    CellBuffers buffers_;
    Workspace const& workspace_;
    ShowerPasses passes_;
};

}  // namespace

std::unique_ptr<BoundStep> CellPassesStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundCellPasses>(network_, showers_, buffers_, workspace);
}

}  // namespace lowcal::runtime
