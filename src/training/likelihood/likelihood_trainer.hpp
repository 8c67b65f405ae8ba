#pragma once

#include "training/fine/fine_networks.hpp"
#include "training/lean/head_training.hpp"
#include "training/loop/training_run.hpp"
#include "training/nn/relative_rates.hpp"
#include "training/passes/pass_networks.hpp"

#include <torch/optim/adam.h>

#include <memory>
#include <optional>

namespace lowcal::training {

/// Losses of one step, in nats a shower; those of the other phase are 0.
struct LikelihoodLosses {
    double head = 0;  ///< of layer energies
    double layer_hits = 0;
    double hits = 0;      ///< of where they are
    double energies = 0;  ///< of the hits
};

/// Trains `fine` or `passes` (`Net`) by maximum likelihood in two phases: lean's energy head, then
/// how cells are made of layers. Where the showers tell at which point of the central cell the
/// primary entered, the network is told, and draws it when it generates.
template <class Net>
class LikelihoodTrainer : public TrainingRun {
public:
    LikelihoodTrainer(TrainingConfig const& config, ShowerSet const& showers, torch::Device device);

    LikelihoodLosses step();
    /// Before the first step; throws as the network's start_from. Of a wider `fine` what it makes
    /// of some showers is recorded first.
    void start_from(Net other);

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
    Net generator_{nullptr};
    Net average_{nullptr};
    std::optional<HeadTraining> head_training_;
    std::unique_ptr<torch::optim::Adam> optimiser_;
    UsualGradient usual_gradient_;
    std::int64_t steps_done_ = 0;

    std::int64_t cell_steps_done() const { return steps_done_ - config_.lean.head_steps; }
    void gather_constants();
    typename Net::ContainedType::Loss loss_of_batch(Net generator) const;
    void train_cells(LikelihoodLosses& losses);
};
extern template class LikelihoodTrainer<FineGenerator>;
extern template class LikelihoodTrainer<PassGenerator>;
using FineTrainer = LikelihoodTrainer<FineGenerator>;
using PassTrainer = LikelihoodTrainer<PassGenerator>;

}  // namespace lowcal::training
