#include "runtime/cell_tail/cell_tail_step.hpp"

namespace lowcal::runtime {
namespace {

class BoundCellTail : public BoundStep {
public:
    BoundCellTail(CellTailStep::Config const& config, Workspace const& workspace)
        : config_(config),
          workspace_(workspace),
          finish_(cell_tail_kernels.fastest()),
          noise_(config.noise_order.size())
    {
    }
    void run() override
    {
        auto const& tail = config_.tail;
        auto const cells = tail.rows * tail.columns * tail.layers;
        auto const showers = static_cast<std::size_t>(config_.result.shape[0]);
        auto const of = [&](PlanValue const& value) {
            return reinterpret_cast<float*>(workspace_.data(value.buffer));
        };
        auto const period = static_cast<std::size_t>(config_.noise.shape[1]);
        for (std::size_t n = 0; n < showers; ++n) {
            auto const* const noise = of(config_.noise) + n * period;
            for (std::size_t i = 0; i < noise_.size(); ++i)
                noise_[i] = noise[config_.noise_order[i]];
            finish_(tail, {.answer = of(config_.answer) + n * cells,
                           .noise = noise_.data(),
                           .layer_roots = of(config_.layer_roots) + n * tail.layers,
                           .layer_energies = of(config_.layer_energies) + n * tail.layers,
                           .result = of(config_.result) + n * cells});
        }
    }

private:
    CellTailStep::Config const& config_;
    Workspace const& workspace_;
    decltype(cell_tail_kernels.fastest()) finish_;
    std::vector<float> noise_;
};

}  // namespace

CellTailStep::CellTailStep(std::string name, Config config)
    : Step(std::move(name)), config_(std::move(config))
{
    config_.tail.base = config_.base.data();
    config_.tail.scatter = config_.scatter.data();
    config_.tail.scatter_low = config_.scatter_low.data();
    config_.tail.noise_places = config_.noise_places.data();
}

std::unique_ptr<BoundStep> CellTailStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundCellTail>(config_, workspace);
}

}  // namespace lowcal::runtime
