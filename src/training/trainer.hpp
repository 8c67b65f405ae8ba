#pragma once

#include "training/losses.hpp"
#include "training/networks.hpp"
#include "training/shower_set.hpp"

#include <torch/optim/adam.h>

#include <cstdint>
#include <memory>

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

/// What one training is; stored in its checkpoints.
struct TrainingConfig {
    Architecture architecture = Architecture::conv2d;
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
    double gradient_limit = 0.0;   ///< largest norm of a step's gradient, generator; 0: none
    std::int64_t ramp_steps = 0;   ///< steps over which the rates rise to their values
    std::int64_t decay_steps = 0;  ///< rates fall to 2 % along half a cosine by this step; 0: never
    double average_decay = 0.999;  ///< moving average of the generator's weights; 0: none
    Symmetries symmetries = Symmetries::square;
    LossWeights weights{};
    Labels labels{};
};

/// Losses of one step.
struct StepLosses {
    double discriminator_real = 0;
    double discriminator_fake = 0;
    double generator = 0;
    double mean_shower = 0;
    double single_shower = 0;  ///< warm-up only
    bool finite() const;
};

/// The networks, their optimisers and the moving average; advances one step at a time.
///
/// Step s draws its random numbers from (seed, s) alone, so that a resumed training goes on with
/// the same stream. LibTorch's global generator is seeded in each step. Not thread-safe.
class Trainer {
public:
    Trainer(TrainingConfig const& config, ShowerSet const& showers, torch::Device device);

    /// Trains the discriminator on one real and one generated batch of the same primary energies,
    /// then the generator on the same latents.
    StepLosses step();

    /// Replaces the generator's weights and normalisation by those of another of the same
    /// architecture, before the first step.
    void start_from(Generator const& other);

    std::int64_t steps_done() const { return steps_done_; }
    double epochs_done() const;
    TrainingConfig const& config() const { return config_; }
    CellSumFit const& cell_sum_fit() const { return cell_sum_fit_; }
    torch::Device device() const { return device_; }

    /// The averaged generator with normalisation averages that belong to its weights (gathered
    /// anew on `showers` of the training's own batches), on the training's device.
    Generator averaged_generator(std::int64_t showers) const;

    /// Everything that a resumed training needs.
    void save(torch::serialize::OutputArchive& archive) const;
    void load(torch::serialize::InputArchive& archive);

private:
    TrainingConfig config_;
    ShowerSet const& showers_;
    torch::Device device_;
    BatchSampler sampler_;
    CellSumFit cell_sum_fit_;
    Generator generator_{nullptr};
    Generator average_{nullptr};
    Discriminator discriminator_{nullptr};
    std::vector<double> generator_units_;  ///< of the learning rate, one per parameter
    std::unique_ptr<torch::optim::Adam> generator_optimiser_;
    std::unique_ptr<torch::optim::Adam> discriminator_optimiser_;
    std::int64_t steps_done_ = 0;

    GeneratorPass generator_pass() const;
    PassConfig discriminator_pass() const;
    void train_discriminator(Batch const& batch, torch::Tensor const& fake, StepLosses& losses);
    void train_generator(Batch const& batch, torch::Tensor const& fake, StepLosses& losses);
    void warm_up(Batch const& batch, torch::Tensor const& fake, StepLosses& losses);
    void set_rates();
    void step_generator(torch::Tensor const& loss);
    void update_average();
    void gather_constants();
    /// Gathers the normalisation averages of a generator anew, as plain means over batches.
    void calibrate(Generator& generator, std::int64_t showers) const;
};

/// Latent vectors for these primary energies (GeV): normal noise x energy / 100, [N, 200].
torch::Tensor draw_latent(torch::Tensor const& energy);

}  // namespace lowcal::training
