#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::training {

enum class LayerKind { convolution, transposed_convolution };
enum class Padding { same, valid };

/// One layer of a stack: a (transposed) convolution and, where `normalised`, LeakyReLU, batch
/// normalisation and dropout behind it, in this order. Kernels are square or cubic.
struct LayerSpec {
    std::string name;
    LayerKind kind = LayerKind::convolution;
    std::int64_t channels = 0;  ///< output channels
    std::int64_t kernel = 1;
    std::int64_t stride = 1;  ///< of transposed convolutions
    Padding padding = Padding::same;
    bool bias = false;
    bool activation = true;  ///< LeakyReLU behind it
    bool normalised = true;  ///< batch normalisation (and dropout) behind that
    /// Channels between the two factors of a kernel that is trained factored; 0: it is not.
    std::int64_t rank = 0;
};

/// Initial weights.
enum class Start {
    glorot,  ///< Glorot-uniform, Keras' default
    /// Glorot-uniform, concentrated at the kernels' centres, every second output channel positive.
    /// The energy reaches a generator as the norm of its latent vector: a channel that adds up
    /// rectified features measures it, while among weights of both signs it is lost in noise. What
    /// is narrow in the dense layer's result stays narrow.
    shower_like
};

/// Layers that follow each other, in 2 or 3 spatial dimensions.
struct StackSpec {
    std::string name;
    int dimensions = 2;
    std::int64_t input_channels = 0;
    double dropout = 0.0;
    Start start = Start::glorot;
    std::vector<LayerSpec> layers{};
};

inline constexpr std::int64_t latent_size = 200;
inline constexpr double leaky_slope = 0.3;
inline constexpr double batch_norm_epsilon = 1e-3;
inline constexpr double batch_norm_momentum = 0.99;  ///< Keras' sense: share of the old average
/// The latent vector is normal noise times primary energy / 100 GeV.
inline constexpr double energy_unit = 100.0;
/// Networks compute in units of 0.5 MeV, the median energy of a hit cell: their outputs are of
/// order one where cells are hit, which is what their initial weights give. The factor is folded
/// into the last convolution when a network is exported.
inline constexpr double image_scale = 2000.0;
inline constexpr double mev_per_unit = 1000.0 / image_scale;  ///< MeV in such a unit

/// The two networks of the study, and ours: see lean_networks.hpp, fine_networks.hpp,
/// pass_networks.hpp.
enum class Architecture { conv3d, conv2d, lean, fine, passes };

/// Throws InputError for an unknown name.
Architecture parse_architecture(std::string_view name);
std::string_view name_of(Architecture architecture);
/// Whether it is one of ours, which take any detector, and not of the study's.
constexpr bool is_ours(Architecture architecture)
{
    return architecture == Architecture::lean || architecture == Architecture::fine ||
           architecture == Architecture::passes;
}

/// Number of numbers in a network's file, batch normalisation counted with four per channel.
std::int64_t expected_parameters(Architecture architecture);
inline constexpr std::int64_t expected_discriminator_parameters = 714114;

/// Dense output seen by conv3d: 5 channels of 5 x 5 x 5; by conv2d: 5 x 5 x 5.
std::int64_t dense_size(Architecture architecture);

StackSpec conv3d_stack(double dropout);
/// A branch of conv2d; `axis` ("z", "x" or "y") names the axis that its channels run along.
/// With a `rank`, its large kernels (5 x 5 and more) are factored.
StackSpec conv2d_branch(std::string const& axis, double dropout, std::int64_t rank = 0);
StackSpec conv2d_merge();
StackSpec discriminator_branch(std::string const& axis, double dropout);

/// Cells added or cropped before and after an axis.
struct Margins {
    std::int64_t before = 0;
    std::int64_t after = 0;
};
/// Zeros that "same" adds to keep the size, the larger half behind (Keras, TensorFlow).
Margins same_padding(std::int64_t kernel);
/// What "same" crops from a full transposed convolution so that its size is stride x input.
Margins same_crop(std::int64_t kernel, std::int64_t stride);

}  // namespace lowcal::training
