#pragma once

#include "training/nn/layer_stack.hpp"

namespace lowcal::training {

/// Whether the generator's output passes the final ReLU (it joins after the first epochs).
enum class OutputMode { linear, rectified };

struct GeneratorPass {
    PassConfig pass;
    OutputMode output = OutputMode::rectified;
};

/// A 3DGAN generator: latent [N, 200] (normal noise x energy / 100 GeV) -> image [N, z, x, y] in
/// GeV x image_scale. The two architectures of the study, arXiv:2103.10142.
class GeneratorImpl : public torch::nn::Module {
public:
    struct Config {
        Architecture architecture = Architecture::conv2d;
        double dropout = 0.2;   ///< behind each normalised layer of conv2d; conv3d has none
        std::int64_t rank = 0;  ///< of conv2d's factored kernels; 0: none is factored
    };
    explicit GeneratorImpl(Config config);
    torch::Tensor forward(torch::Tensor const& latent, GeneratorPass const& how);

    /// Takes over the numbers of a network of the same architecture, factored or not.
    void take(GeneratorImpl const& other);

    Architecture architecture() const { return architecture_; }
    Dense const& dense() const { return dense_; }
    /// conv2d: branches z, x, y and the merging stack; conv3d: one stack.
    std::vector<LayerStack> const& stacks() const { return stacks_; }

private:
    Architecture architecture_;
    Dense dense_{nullptr};
    std::vector<LayerStack> stacks_;

    torch::Tensor forward_conv2d(torch::Tensor const& volume, PassConfig const& pass);
};
TORCH_MODULE(Generator);

/// What the discriminator says of N images.
struct Judgement {
    torch::Tensor real_logit;  ///< [N], before the sigmoid
    torch::Tensor energy;      ///< [N], primary energy / 100 GeV
    torch::Tensor cell_sum;    ///< [N], in the image's unit
};

/// The study's discriminator on images [N, z, x, y] in GeV x image_scale.
class DiscriminatorImpl : public torch::nn::Module {
public:
    explicit DiscriminatorImpl(double dropout = 0.2);
    Judgement forward(torch::Tensor const& images, PassConfig const& pass);

private:
    std::vector<LayerStack> branches_;
    Dense hidden_{nullptr};
    Dense real_head_{nullptr};
    Dense energy_head_{nullptr};
    LayerTensors hidden_norm_;
};
TORCH_MODULE(Discriminator);

}  // namespace lowcal::training
