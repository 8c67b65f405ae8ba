#pragma once

#include "training/architecture.hpp"
#include "training/nn/convolution.hpp"
#include "training/nn/factored_kernel.hpp"

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <vector>

namespace lowcal::training {

/// How normalisation and dropout behave in a forward pass.
enum class Phase {
    train,      ///< batch statistics, running averages updated, dropout
    calibrate,  ///< batch statistics, running averages updated, no dropout
    gather,     ///< sets the constants of a network without batch statistics (see normalise)
    constant,   ///< those constants; dropout
    generate    ///< running averages, no dropout
};

struct PassConfig {
    Phase phase = Phase::train;
    TrainingPrecision precision = TrainingPrecision::float32;
};

/// One layer's tensors; those that the layer lacks are undefined.
struct LayerTensors {
    torch::Tensor weight;      ///< [out, in, k...], transposed convolutions [in, out, k...]
    FactoredKernel factors{};  ///< in the place of the weight, where the layer has a rank
    torch::Tensor bias;
    torch::Tensor norm_scale, norm_shift, norm_mean, norm_variance;
};

/// Normalisation of Keras: epsilon 1e-3 and running averages with momentum 0.99.
///
/// Phase::gather sets the mean to zero and the variance to the batch's mean square. A network
/// started so is homogeneous: its output is proportional to the energy, as a shower is, at all
/// energies alike. With batch statistics instead, the fluctuations of a batch that holds showers of
/// 500 GeV shift those of 2 GeV by more than their whole energy.
torch::Tensor normalise(torch::Tensor const& input, LayerTensors const& layer, Phase phase);

/// The layers of a StackSpec with their parameters, Glorot-uniform at the start (Keras' default).
class LayerStackImpl : public torch::nn::Module {
public:
    explicit LayerStackImpl(StackSpec spec);
    /// [N, input_channels, ...] -> [N, channels of the last layer, ...], float32.
    torch::Tensor forward(torch::Tensor input, PassConfig const& pass);

    StackSpec const& spec() const { return spec_; }
    LayerTensors const& tensors(std::size_t layer) const { return layers_[layer]; }
    /// Takes over the numbers of a stack of the same layers, factored or not: kernels are merged,
    /// or replaced by the nearest factored ones.
    void take(LayerStackImpl const& other);

private:
    StackSpec spec_;
    std::vector<LayerTensors> layers_;

    torch::Tensor convolved(torch::Tensor const& input, std::size_t index,
                            LayerTensors const& tensors, TrainingPrecision precision);
    LayerTensors make_layer(LayerSpec const& layer, std::int64_t input_channels);
};
TORCH_MODULE(LayerStack);

/// Dense layer, [N, in] -> [N, out], in float32. Keras' Glorot-uniform start, bias zero.
class DenseImpl : public torch::nn::Module {
public:
    DenseImpl(std::int64_t inputs, std::int64_t outputs);
    torch::Tensor forward(torch::Tensor const& input);
    torch::Tensor weight;  ///< [out, in]
    torch::Tensor bias;    ///< [out]
};
TORCH_MODULE(Dense);

/// Numbers in all parameters and normalisation buffers of a module.
std::int64_t count_numbers(torch::nn::Module const& module);

}  // namespace lowcal::training
