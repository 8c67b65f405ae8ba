#pragma once

#include "training/lean/head_training.hpp"
#include "training/lean/lean_critic.hpp"
#include "training/lean/matching_terms.hpp"
#include "training/loop/training_run.hpp"
#include "training/nn/relative_rates.hpp"
#include "training/parallel/ranks.hpp"

#include <torch/optim/adam.h>

#include <functional>
#include <optional>

namespace lowcal::training {

/// Losses of one step; those of the other phase are 0.
struct LeanLosses {
    double head = 0;  ///< negative log likelihood of layer energies
    double critic_real = 0;
    double critic_fake = 0;
    double penalty = 0;  ///< on the steps that have one
    double adversarial = 0;
    PerTerm<double> matching{};
};

/// Trains `lean` in two phases: the energy head by maximum likelihood, then the shapes against a
/// critic (non-saturating logistic loss, Goodfellow et al., arXiv:1406.2661; R1 gradient penalty,
/// Mescheder et al., arXiv:1801.04406). The shape network sees the primary and layer energies of
/// the real batch, so that only shapes tell the two batches apart. Where the showers tell at which
/// point of the central cell the primary entered, it sees that too, as the first two numbers of its
/// noise: nine tenths of what the core's share varies by, and what no critic has to find then.
class LeanTrainer : public TrainingRun {
public:
    /// `ranks` must live as long as this; each trains on its part of `config.batch` showers.
    LeanTrainer(TrainingConfig const& config, ShowerSet const& showers, torch::Device device,
                Ranks const& ranks = one_process());

    LeanLosses step();

    /// Replaces the generator's weights and constants by those of another, before the first step.
    void start_from(LeanGenerator const& other);

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
    LeanGenerator generator_{nullptr};
    LeanGenerator average_{nullptr};
    LeanCritic critic_{nullptr};
    std::optional<FeatureScale> feature_scale_;
    /// Cells' roots per root of their layer's energy, by least squares: [layers, rows, columns].
    torch::Tensor usual_roots_;
    torch::Tensor image_spread_;
    torch::Tensor depth_spread_;
    std::optional<HeadTraining> head_training_;
    std::unique_ptr<torch::optim::Adam> generator_optimiser_;
    std::unique_ptr<torch::optim::Adam> critic_optimiser_;
    TermMatching matching_;
    UsualGradient usual_gradient_;
    std::int64_t steps_done_ = 0;

    /// A batch as critic and matching see it.
    struct View {
        torch::Tensor roots{}, residuals{};
        Primary primary{};
        torch::Tensor layers{}, entry{}, conditions{}, features{};
        torch::Tensor log_scales{};  ///< of generated showers
    };

    ShowerGeometry const& geometry() const { return config_.geometry; }
    std::int64_t shape_steps_done() const { return steps_done_ - config_.lean.head_steps; }
    void gather_constants();
    void train_head(LeanLosses& losses);
    void train_shapes(LeanLosses& losses);
    void train_critic(View const& real, View const& fake, LeanLosses& losses);
    /// start_matching of all terms but `scale`; `terms` must live until its end.
    std::function<void()> start_matching_of(View const& real, View const& fake, TermLosses& terms);
    void train_generator(View const& fake, TermLosses const& terms, LeanLosses& losses);
    /// Mean square of the logarithms of layers' scales.
    static torch::Tensor unevenness(View const& fake);
    void set_shape_rates();
    View real_view() const;
    View generated_like(View const& real);
    View with_features(View view) const;
    View view_of(torch::Tensor const& cells, Batch const& batch) const;
    torch::Tensor judge(View const& view);
};

}  // namespace lowcal::training
