#include "training/study/networks.hpp"

#include "training/nn/moving_average.hpp"

#include <torch/torch.h>

#include <array>
#include <cassert>

namespace lowcal::training {
namespace {

/// Axis orders that bring a volume [N, x, y, z] to the branches' channels z, x and y.
constexpr std::array<std::array<std::int64_t, 4>, 3> branch_views{
    {{0, 3, 1, 2}, {0, 1, 2, 3}, {0, 2, 1, 3}}};
/// Orders that bring a branch's result, channels first, to [N, z, x, y].
constexpr std::array<std::array<std::int64_t, 4>, 3> to_image{
    {{0, 1, 2, 3}, {0, 3, 1, 2}, {0, 3, 2, 1}}};
constexpr std::array<char const*, 3> branch_axes{"z", "x", "y"};

/// Scales the dense layer's rows like the mean shower on a 5 x 5 x 5 grid [.., x, y, z], so that a
/// training starts with the energy near the axis.
void shape_like_shower(Dense& dense)
{
    torch::NoGradGuard const no_gradient;
    auto const across = torch::tensor({0.05, 0.2, 1.0, 0.2, 0.05});
    auto const along = torch::tensor({0.6, 1.0, 0.8, 0.4, 0.2});
    auto const shape = across.view({5, 1, 1}) * across.view({1, 5, 1}) * along.view({1, 1, 5});
    auto const rows = shape.flatten().repeat({dense->weight.size(0) / 125});
    dense->weight.mul_(rows.to(torch::kFloat32).unsqueeze(1));
}

}  // namespace

GeneratorImpl::GeneratorImpl(Config config) : architecture_(config.architecture)
{
    dense_ = register_module("dense", Dense(latent_size, dense_size(architecture_)));
    shape_like_shower(dense_);
    if (architecture_ == Architecture::conv3d) {
        stacks_.emplace_back(conv3d_stack(0.0));
    } else {
        for (auto const* axis : branch_axes)
            stacks_.emplace_back(conv2d_branch(axis, config.dropout, config.rank));
        stacks_.emplace_back(conv2d_merge());
    }
    for (auto const& stack : stacks_) register_module(stack->spec().name, stack);
    assert(config.rank > 0 || count_numbers(*this) == expected_parameters(architecture_));
}

void GeneratorImpl::take(GeneratorImpl const& other)
{
    assert(architecture_ == other.architecture_);
    copy_numbers(*other.dense_, *dense_);
    for (std::size_t i = 0; i < stacks_.size(); ++i) stacks_[i]->take(*other.stacks_[i]);
}

torch::Tensor GeneratorImpl::forward(torch::Tensor const& latent, GeneratorPass const& how)
{
    auto const seed = dense_->forward(latent);
    torch::Tensor image;
    if (architecture_ == Architecture::conv3d) {
        auto const volume = seed.view({-1, 5, 5, 5, 5});
        image = stacks_[0]->forward(volume, how.pass).squeeze(1).permute({0, 3, 1, 2});
    } else {
        image = forward_conv2d(seed.view({-1, 5, 5, 5}), how.pass);
    }
    return how.output == OutputMode::rectified ? torch::relu(image) : image;
}

torch::Tensor GeneratorImpl::forward_conv2d(torch::Tensor const& volume, PassConfig const& pass)
{
    std::vector<torch::Tensor> images;
    for (std::size_t i = 0; i < branch_views.size(); ++i) {
        auto const result = stacks_[i]->forward(volume.permute(branch_views[i]), pass);
        images.push_back(result.permute(to_image[i]));
    }
    return stacks_[3]->forward(torch::cat(images, 1), pass);
}

DiscriminatorImpl::DiscriminatorImpl(double dropout)
{
    for (auto const* axis : branch_axes) {
        branches_.emplace_back(discriminator_branch(axis, dropout));
        register_module(branches_.back()->spec().name, branches_.back());
    }
    hidden_ = register_module("hidden", Dense(3 * 9 * 9 * 9, 10));
    real_head_ = register_module("real_head", Dense(10, 1));
    energy_head_ = register_module("energy_head", Dense(10, 1));
    hidden_norm_.norm_scale = register_parameter("hidden_norm_scale", torch::ones({10}));
    hidden_norm_.norm_shift = register_parameter("hidden_norm_shift", torch::zeros({10}));
    hidden_norm_.norm_mean = register_buffer("hidden_norm_mean", torch::zeros({10}));
    hidden_norm_.norm_variance = register_buffer("hidden_norm_variance", torch::ones({10}));
    assert(count_numbers(*this) == expected_discriminator_parameters);
}

Judgement DiscriminatorImpl::forward(torch::Tensor const& images, PassConfig const& pass)
{
    auto const volume = images.permute({0, 2, 3, 1});
    std::vector<torch::Tensor> features;
    for (std::size_t i = 0; i < branches_.size(); ++i) {
        auto const result = branches_[i]->forward(volume.permute(branch_views[i]), pass);
        features.push_back(result.flatten(1));
    }
    auto hidden = torch::leaky_relu(hidden_->forward(torch::cat(features, 1)), leaky_slope);
    hidden = normalise(hidden, hidden_norm_, pass.phase);
    return {.real_logit = real_head_->forward(hidden).squeeze(1),
            .energy = energy_head_->forward(hidden).squeeze(1),
            .cell_sum = images.sum({1, 2, 3})};
}

}  // namespace lowcal::training
