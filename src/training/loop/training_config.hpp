#pragma once

#include "training/lean/shower_geometry.hpp"
#include "training/nn/convolution.hpp"
#include "training/nn/latent.hpp"
#include "training/shower_set.hpp"
#include "training/study/losses.hpp"

#include <cstdint>

namespace lowcal::training {

/// What the generator's normalisation layers divide by while it trains.
enum class Normalisation {
    batch,    ///< each batch's own statistics, as in the study
    constant  ///< constants gathered before the first step, which make the start homogeneous
};

/// What a learning rate is measured in.
enum class RateUnit {
    absolute,  ///< Adam's own
    /// Root mean square of each tensor's random start (of this seed, also where --start-from
    /// replaces the weights). Without batch statistics a network's output is the product of all its
    /// layers: a rate that suits a 3 x 3 kernel changes an 8 x 8 kernel's small weights by several
    /// per cent at every step, all in one direction.
    relative
};

/// How the study's networks are trained.
enum class Recipe {
    study,  ///< against the study's discriminator, see Trainer
    paired  ///< beside real partners, against lean's critic, see PairedTrainer
};

/// What a training of `lean` has, and but for the head's and the scale's the recipe `paired`; see
/// LeanTrainer and PairedTrainer.
struct LeanRecipe {
    std::int64_t head_steps = 1500;  ///< steps of the energy head, before the shapes begin
    std::int64_t head_batch = 512;   ///< showers a step of the head
    double head_rate = 2e-3;         ///< Adam's learning rate, falls to 2 % by the last step
    double gradient_penalty = 0.5;   ///< R1: half of it times the squared gradient on real showers
    std::int64_t penalty_interval = 8;  ///< steps from one gradient penalty to the next
    double weight_image = 100.0;        ///< matching of mean images
    double weight_depth = 100.0;        ///< matching of cells against their neighbours in depth
    double weight_profile = 20.0;       ///< matching of profiles
    double weight_features = 20.0;      ///< matching of hits, moments and core shares
    double weight_spectrum = 20.0;      ///< matching of the spectrum of cells, bin by bin
    double weight_products = 2.0;       ///< matching of the features' correlations
    double weight_scale = 5.0;          ///< squared log of a layer's scale
    double matching_memory = 0.9;       ///< share of the last steps' difference that is kept
};

/// Widths of fine's networks.
struct FineWidths {
    std::int64_t trunk = 128;
    std::int64_t energy = 64;
    std::int64_t single = 32;  ///< trunk of the networks of single hits; 0: as of all others
    bool entry = false;        ///< the showers say where their primaries entered
    bool development = true;   ///< layers are told how far their shower has developed

    bool operator==(FineWidths const&) const = default;
};

/// Widths of the networks of `passes`.
struct PassWidths {
    std::int64_t hidden = 16;   ///< numbers of a cell
    std::int64_t context = 32;  ///< of a layer's network
    std::int64_t energy = 32;   ///< of that of hits' energies
    std::int64_t bright = 48;   ///< of that of bright hits' energies
    std::int64_t classes = 72;  ///< of the energies of faint hits: a multiple of group_classes
    bool entry = false;         ///< the showers say where their primaries entered

    bool operator==(PassWidths const&) const = default;
};

inline constexpr std::int64_t most_members = 1000;     ///< of a training's ensemble
inline constexpr std::int64_t most_fine_width = 1024;  ///< of passes, too

/// What one training is; stored in its checkpoints.
struct TrainingConfig {
    Architecture architecture = Architecture::conv2d;
    ShowerGeometry geometry = clic_geometry();  ///< of the showers
    Recipe recipe = Recipe::study;              ///< of conv2d and conv3d
    LatentNorm latent_norm = LatentNorm::free;
    std::int64_t factor_rank = 0;  ///< of large kernels trained factored (paired); 0: none is
    double weight_layers = 5.0;    ///< of layers' differences from a partner's (paired)
    double weight_outliers =
        0.0;  ///< of features that no real shower has under its conditions (paired)
    /// By which the fluctuations of an exported network are set right (paired); 0: left as they
    /// are.
    std::int64_t settling_showers = 0;
    TrainingPrecision precision = TrainingPrecision::float32;
    std::uint64_t seed = 1;
    std::int64_t batch = 128;          ///< showers a step
    double generator_rate = 5e-4;      ///< Adam's learning rate
    double discriminator_rate = 1e-4;  ///< Adam's learning rate
    double generator_dropout = 0.2;    ///< conv2d only
    double discriminator_dropout = 0.2;
    double linear_epochs = 2.0;   ///< epochs before the final ReLU joins
    double warm_up_epochs = 0.0;  ///< epochs that teach the mean shower, without adversary
    Normalisation normalisation = Normalisation::batch;  ///< of the generator
    RateUnit generator_rate_unit = RateUnit::absolute;
    /// Largest norm of a step's gradient, generator; 0: none, but for lean's, which is kept to
    /// twice what is usual in any case.
    double gradient_limit = 0.0;
    std::int64_t ramp_steps = 0;   ///< steps over which the rates rise to their values
    std::int64_t decay_steps = 0;  ///< rates fall to 2 % along half a cosine by this step; 0: never
    /// Networks that it leaves, each at the end of a fall of the rates; 0: one, the best.
    std::int64_t members = 0;
    double average_decay = 0.999;  ///< moving average of the generator's weights; 0: none
    Symmetries symmetries = Symmetries::square;
    LossWeights weights{};
    Labels labels{};
    LeanRecipe lean{};    ///< lean and paired; the head's of fine and passes, too
    FineWidths fine{};    ///< fine
    PassWidths passes{};  ///< passes
};

}  // namespace lowcal::training
