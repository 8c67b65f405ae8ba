#include "training/nn/relative_rates.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <limits>

namespace lowcal::training {
namespace {

constexpr double largest_gradient = 2.0;  ///< norm, in usual ones
constexpr double gradient_memory = 0.98;

}  // namespace

std::vector<torch::optim::OptimizerParamGroup> groups_of(torch::nn::Module const& module)
{
    std::vector<torch::optim::OptimizerParamGroup> groups;
    for (auto const& parameter : module.parameters())
        groups.emplace_back(std::vector<torch::Tensor>{parameter});
    return groups;
}

std::vector<double> rate_units(torch::nn::Module const& module, RateUnit unit)
{
    std::vector<double> units;
    for (auto const& parameter : module.parameters()) {
        auto const size = parameter.square().mean().sqrt().item<double>();
        units.push_back(unit == RateUnit::absolute ? 1.0 : std::max(size, 0.02));
    }
    return units;
}

void set_rates(torch::optim::Optimizer& optimiser, double rate, std::vector<double> const& units)
{
    auto& groups = optimiser.param_groups();
    for (std::size_t i = 0; i < groups.size(); ++i)
        static_cast<torch::optim::AdamOptions&>(groups[i].options()).lr(rate * units[i]);
}

void UsualGradient::limit(std::vector<torch::Tensor> const& parameters, double limit)
{
    if (limit <= 0.0) limit = std::numeric_limits<double>::infinity();
    if (norm_ > 0.0) limit = std::min(limit, largest_gradient * norm_);
    auto const used = std::min(torch::nn::utils::clip_grad_norm_(parameters, limit), limit);
    norm_ = norm_ > 0.0 ? gradient_memory * norm_ + (1.0 - gradient_memory) * used : used;
}

}  // namespace lowcal::training
