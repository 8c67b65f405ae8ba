#include "runtime/steps/split_tree_step.hpp"

#include "runtime/division/batch_division.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

/// Showers that are divided together: enough for products that read weights once for many blocks;
/// what they hold stays in the cache.
constexpr std::size_t most_together = 32;

template <class Number>
class BoundSplitTree : public BoundStep {
public:
    BoundSplitTree(PackedNetwork<Number> const& network, std::size_t showers, CellBuffers buffers,
                   Workspace const& workspace)
        : config_(network.config), showers_(showers), buffers_(buffers), workspace_(workspace)
    {
        auto const together = std::min(showers, most_together);
        divisions_.emplace_back(network, together);
        if (showers % together != 0) divisions_.emplace_back(network, showers % together);
    }

    void run() override
    {
        auto const layers = static_cast<std::size_t>(config_.layers);
        auto const cells = layers * static_cast<std::size_t>(config_.tree.cells.count());
        auto const primary = static_cast<std::size_t>(config_.primary);
        for (std::size_t first = 0; first < showers_; first += most_together)
            divisions_[showers_ - first < std::min(showers_, most_together) ? 1 : 0].run(
                {.layers = workspace_.floats(buffers_.layers) + first * layers,
                 .primary = workspace_.floats(buffers_.primary) + first * primary,
                 .entry = workspace_.floats(buffers_.entry) + first * 2,
                 .uniform = workspace_.floats(buffers_.uniform) + first * buffers_.uniform_step,
                 .uniform_step = buffers_.uniform_step,
                 .cells = workspace_.floats(buffers_.cells) + first * cells});
    }

private:
    graph::SplitNetworkConfig const& config_;
    std::size_t showers_;
    CellBuffers buffers_;
    Workspace const& workspace_;
    std::vector<BatchDivision<Number>> divisions_;  ///< of whole batches, and of what remains
};

}  // namespace

template <class Number>
std::unique_ptr<BoundStep> SplitTreeStep<Number>::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundSplitTree<Number>>(network_, showers_, buffers_, workspace);
}

template <class Number>
std::size_t SplitTreeStep<Number>::bytes(graph::SplitNetworkConfig const& config,
                                         std::size_t showers)
{
    auto const together = std::min(showers, most_together);
    return BatchDivision<Number>::bytes(config, together) +
           BatchDivision<Number>::bytes(config, showers % together);
}

template class SplitTreeStep<float>;
template class SplitTreeStep<std::uint8_t>;

}  // namespace lowcal::runtime
