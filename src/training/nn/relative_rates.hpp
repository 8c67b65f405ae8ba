#pragma once

#include "training/loop/training_config.hpp"

#include <torch/nn/module.h>
#include <torch/optim/adam.h>

#include <vector>

namespace lowcal::training {

/// One group for each parameter, so that each can have a rate of its own.
std::vector<torch::optim::OptimizerParamGroup> groups_of(torch::nn::Module const& module);

/// What the rate of each parameter is measured in, see RateUnit. Tensors that start at zero
/// (biases, shifts) count as 0.02 of the activations' unit: larger steps would swamp the showers of
/// the lowest energies.
std::vector<double> rate_units(torch::nn::Module const& module, RateUnit unit);

/// Sets the rates of an optimiser with such groups.
void set_rates(torch::optim::Optimizer& optimiser, double rate, std::vector<double> const& units);

/// Keeps the norm of a step's gradient to a multiple of what is usual: Adam without momentum
/// follows a gradient that is suddenly large ten times as far as a usual one.
class UsualGradient {
public:
    /// `limit`: largest norm in any case; 0: none.
    void limit(std::vector<torch::Tensor> const& parameters, double limit);
    double norm() const { return norm_; }
    void restore(double norm) { norm_ = norm; }

private:
    double norm_ = 0.0;  ///< averaged over steps; 0: not known
};

}  // namespace lowcal::training
