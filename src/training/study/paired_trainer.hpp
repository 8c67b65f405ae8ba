#pragma once

#include "training/lean/energy_head.hpp"
#include "training/lean/matching_terms.hpp"
#include "training/loop/training_run.hpp"
#include "training/nn/relative_rates.hpp"
#include "training/parallel/ranks.hpp"
#include "training/shower_view.hpp"

#include <functional>
#include <memory>

namespace lowcal::training {

/// Losses of one step; those of the other phase are 0.
struct PairedLosses {
    double critic = 0;
    double penalty = 0;  ///< on the steps that have one
    double adversarial = 0;
    double layers = 0;  ///< mean square difference from the partner's, in spreads
    double coarse = 0;  ///< of sums of cells, as the image; has its weight
    PerTerm<double> matching{};
    double outliers = 0;       ///< mean square of what features have beyond what real ones reach
    double single_shower = 0;  ///< warm-up only
};

/// Trains the study's networks against lean's critic, shower by shower beside a real partner.
///
/// A generated shower gets, as the first numbers of its latent vector, what is known of a real one:
/// where the primary entered, and the normal numbers from which a flow (lean's) would have drawn
/// its layer energies. Its layers are pulled to the partner's, which a network without a flow of
/// its own learns so, fluctuations included; and the critic compares the two (relativistic pairing
/// loss with gradient penalties on both, Huang et al., arXiv:2501.05441). Means are matched as
/// lean's are.
class PairedTrainer : public TrainingRun {
public:
    /// `flow`: draws layer energies of these showers; a resumed training brings its own. `ranks`
    /// must live as long as this; each trains on its part of `config.batch` showers.
    PairedTrainer(TrainingConfig const& config, ShowerSet const& showers, EnergyHead const& flow,
                  torch::Device device, Ranks const& ranks = one_process());

    PairedLosses step();

    /// Replaces the generator's weights and normalisation by those of another of the same
    /// architecture, before the first step.
    void start_from(Generator const& other);

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
    Ranks const& ranks_;
    BatchSampler sampler_;
    ShowerViews views_;
    EnergyHead flow_{nullptr};
    Generator generator_{nullptr}, average_{nullptr};
    LeanCritic critic_{nullptr};
    std::vector<double> generator_units_;
    std::unique_ptr<torch::optim::Adam> generator_optimiser_, critic_optimiser_;
    MomentMatching coarse_matching_, coarsest_matching_, layer_matching_;
    TermMatching matching_;
    UsualGradient usual_gradient_;
    std::int64_t steps_done_ = 0;

    /// Losses of means that are matched.
    struct Matched {
        torch::Tensor layers, coarse, coarsest;
        TermLosses terms;
    };

    bool warming_up() const { return epochs_done() < config_.warm_up_epochs; }
    std::int64_t critic_steps_done() const;
    void gather_constants();
    torch::Tensor latent_like(Batch const& batch);
    void train_critic(Batch const& batch, ShowerView const& real, ShowerView const& fake,
                      PairedLosses& losses);
    torch::Tensor penalty_on(torch::Tensor const& roots, Batch const& batch);
    torch::Tensor adversarial_loss(ShowerView const& real, ShowerView const& fake);
    /// start_matching of all means; `losses` must live until its end.
    std::function<void()> start_matching_of(ShowerView const& real, ShowerView const& fake,
                                            Matched& losses);
    torch::Tensor matching_loss(ShowerView const& real, ShowerView const& fake,
                                Matched const& matched, PairedLosses& losses);
    void step_generator(torch::Tensor const& loss);
};

}  // namespace lowcal::training
