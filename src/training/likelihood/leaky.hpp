#pragma once

#include "graph/patterns/split_form.hpp"

#include <torch/nn/functional/activation.h>

namespace lowcal::training {

/// LeakyReLU as networks have it that are trained by likelihood.
inline torch::Tensor leaky(torch::Tensor const& numbers)
{
    return torch::leaky_relu(numbers, graph::split_slope);
}

}  // namespace lowcal::training
