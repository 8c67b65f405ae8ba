#pragma once

#include <torch/nn/module.h>

#include <cstdint>

namespace lowcal::training {

/// Lets the parameters of `average` follow those of `source`, one step: the share `decay` of the
/// old average is kept, less in the first steps, when the start would count too long.
void follow(torch::nn::Module& average, torch::nn::Module const& source, double decay,
            std::int64_t step);

/// Copies all parameters and buffers; both modules are of the same kind.
void copy_numbers(torch::nn::Module const& source, torch::nn::Module& target);

/// Whether gradients of the parameters are wanted.
void set_trainable(torch::nn::Module& module, bool trainable);

}  // namespace lowcal::training
