#include "training/nn/moving_average.hpp"

#include <torch/torch.h>

#include <algorithm>

namespace lowcal::training {

void follow(torch::nn::Module& average, torch::nn::Module const& source, double decay,
            std::int64_t step)
{
    torch::NoGradGuard const no_gradient;
    auto const n = static_cast<double>(step);
    double const kept = std::min(decay, (1.0 + n) / (10.0 + n));
    auto const from = source.parameters();
    auto to = average.parameters();
    for (std::size_t i = 0; i < from.size(); ++i)
        step == 0 ? to[i].copy_(from[i]) : to[i].lerp_(from[i], 1.0 - kept);
}

void copy_numbers(torch::nn::Module const& source, torch::nn::Module& target)
{
    torch::NoGradGuard const no_gradient;
    auto copy = [](std::vector<torch::Tensor> const& from, std::vector<torch::Tensor> to) {
        for (std::size_t i = 0; i < from.size(); ++i) to[i].copy_(from[i]);
    };
    copy(source.parameters(), target.parameters());
    copy(source.buffers(), target.buffers());
}

void set_trainable(torch::nn::Module& module, bool trainable)
{
    for (auto& parameter : module.parameters()) parameter.set_requires_grad(trainable);
}

}  // namespace lowcal::training
