#pragma once

#include "training/loop/training_run.hpp"
#include "training/study/networks.hpp"

#include <torch/optim/adam.h>

#include <cstdint>
#include <memory>

namespace lowcal::training {

/// Losses of one step.
struct StepLosses {
    double discriminator_real = 0;
    double discriminator_fake = 0;
    double generator = 0;
    double mean_shower = 0;
    double single_shower = 0;  ///< warm-up only
};

/// Trains the study's networks: the networks, their optimisers and the moving average.
///
/// LibTorch's global generator is seeded in each step. Not thread-safe.
class Trainer : public TrainingRun {
public:
    Trainer(TrainingConfig const& config, ShowerSet const& showers, torch::Device device);

    /// Trains the discriminator on one real and one generated batch of the same primary energies,
    /// then the generator on the same latents.
    StepLosses step();

    /// Replaces the generator's weights and normalisation by those of another of the same
    /// architecture, before the first step.
    void start_from(Generator const& other);

    std::vector<NamedLoss> advance() override;
    std::int64_t steps_done() const override { return steps_done_; }
    double epochs_done() const override;
    TrainingConfig const& config() const override { return config_; }
    std::unique_ptr<Candidate> candidate(std::int64_t showers) const override;
    double score(PhysicsFigures const& figures) const override;
    CellSumFit const& cell_sum_fit() const { return cell_sum_fit_; }
    torch::Device device() const { return device_; }

    /// The averaged generator with normalisation averages that belong to its weights (gathered
    /// anew on `showers` of the training's own batches), on the training's device.
    Generator averaged_generator(std::int64_t showers) const;

    void save(torch::serialize::OutputArchive& archive) const override;
    void load(torch::serialize::InputArchive& archive) override;

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
    void gather_constants();
    /// Gathers the normalisation averages of a generator anew, as plain means over batches.
    void calibrate(Generator& generator, std::int64_t showers) const;
};

}  // namespace lowcal::training
