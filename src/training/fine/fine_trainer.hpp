#pragma once

#include "training/fine/fine_networks.hpp"
#include "training/lean/head_training.hpp"
#include "training/loop/training_run.hpp"
#include "training/nn/relative_rates.hpp"

#include <torch/optim/adam.h>

#include <memory>
#include <optional>

namespace lowcal::training {

/// Losses of one step, in nats a shower; those of the other phase are 0.
struct FineLosses {
    double head = 0;  ///< of layer energies
    double layer_hits = 0;
    double hits = 0;      ///< of how they are divided
    double energies = 0;  ///< of how these are divided
};

/// Trains `fine` by maximum likelihood in two phases: lean's energy head, then how layers are
/// divided. Where the showers tell at which point of the central cell the primary entered, the
/// network is told, and draws it when it generates.
class FineTrainer : public TrainingRun {
public:
    FineTrainer(TrainingConfig const& config, ShowerSet const& showers, torch::Device device);

    FineLosses step();
    /// Before the first step; throws as FineGeneratorImpl::start_from. Of a wider network what it
    /// makes of some showers is recorded first.
    void start_from(FineGenerator other);

    std::vector<NamedLoss> advance() override;
    std::int64_t steps_done() const override { return steps_done_; }
    double epochs_done() const override;
    TrainingConfig const& config() const override { return config_; }
    std::unique_ptr<Candidate> candidate(std::int64_t showers) const override;
    double score(PhysicsFigures const& figures) const override;
    void save(torch::serialize::OutputArchive& archive) const override;
    void load(torch::serialize::InputArchive& archive) override;

private:
    TrainingConfig config_;
    ShowerSet const& showers_;
    torch::Device device_;
    BatchSampler sampler_;
    FineGenerator generator_{nullptr};
    FineGenerator average_{nullptr};
    std::optional<HeadTraining> head_training_;
    std::unique_ptr<torch::optim::Adam> optimiser_;
    UsualGradient usual_gradient_;
    std::int64_t steps_done_ = 0;

    std::int64_t division_steps_done() const { return steps_done_ - config_.lean.head_steps; }
    void gather_constants();
    FineGeneratorImpl::Loss loss_of_batch(FineGenerator generator) const;
    void train_divisions(FineLosses& losses);
};

}  // namespace lowcal::training
