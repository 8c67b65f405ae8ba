#include "runtime/steps/cell_passes_step.hpp"

#include "runtime/passes/shower_passes.hpp"

namespace lowcal::runtime {
namespace {

class BoundCellPasses : public BoundStep {
public:
    BoundCellPasses(PackedPasses const& network, std::size_t showers, CellBuffers const& buffers,
                    Workspace const& workspace)
        : config_(network.config),
          showers_(showers),
          buffers_(buffers),
          workspace_(workspace),
          passes_(network)
    {
    }

    void run() override
    {
        auto const layers = static_cast<std::size_t>(config_.layers);
        auto const cells = layers * static_cast<std::size_t>(config_.cells());
        auto const primary = static_cast<std::size_t>(config_.primary);
        for (std::size_t i = 0; i < showers_; ++i)
            passes_({.layers = workspace_.floats(buffers_.layers) + i * layers,
                     .primary = workspace_.floats(buffers_.primary) + i * primary,
                     .entry = workspace_.floats(buffers_.entry) + i * 2,
                     .uniform = workspace_.floats(buffers_.uniform) + i * buffers_.uniform_step,
                     .cells = workspace_.floats(buffers_.cells) + i * cells});
    }

private:
    graph::PassConfig const& config_;
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
