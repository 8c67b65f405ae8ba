#include "training/study/paired_trainer.hpp"

#include "core/error.hpp"
#include "training/loop/archive_parts.hpp"
#include "training/loop/members.hpp"
#include "training/nn/cell_roots.hpp"
#include "training/nn/latent.hpp"
#include "training/nn/learning_rate.hpp"
#include "training/nn/moving_average.hpp"
#include "training/nn/step_seed.hpp"
#include "training/parallel/batch_part.hpp"
#include "training/study/fluctuations.hpp"
#include "training/study/losses.hpp"
#include "training/study/study_candidate.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

/// Of the sum of the layers beside each of them: the sampling fraction is made of it alone.
constexpr double sum_weight = 4.0;

torch::Tensor layer_weights(ShowerGeometry const& geometry)
{
    return torch::cat({torch::ones({geometry.layers()}), torch::full({1}, sum_weight)});
}

/// In spreads of real showers of the same layers and entry point, of which one in eighty is further
/// from what these say. A pull to a partner's value would take from a shower the fluctuations that
/// its conditions leave it, this only what makes it impossible.
constexpr double usual_reach = 2.5;

/// Mean squares of what features [N, features] have beyond that, of the layers' and of
/// the whole shower's.
torch::Tensor outlier_loss(torch::Tensor const& features, ShowerGeometry const& geometry)
{
    auto const layers = FeatureCounts(geometry).layers;
    auto const beyond = torch::relu(features.abs() - std::asinh(usual_reach)).square();
    return beyond.slice(1, 0, layers).mean() + beyond.slice(1, layers).mean();
}

GeneratorPass training_pass(TrainingConfig const& config)
{
    return {.pass = {.phase = Phase::constant, .precision = config.precision},
            .output = OutputMode::linear};
}

}  // namespace

PairedTrainer::PairedTrainer(TrainingConfig const& config, ShowerSet const& showers,
                             EnergyHead const& flow, torch::Device device, Ranks const& ranks)
    : config_(config),
      showers_(showers),
      device_(device),
      ranks_(ranks),
      sampler_(showers, {.batch = config.batch, .symmetries = config.symmetries}),
      views_(showers, config.seed, device),
      coarse_matching_(config.lean.matching_memory),
      coarsest_matching_(config.lean.matching_memory),
      layer_matching_(config.lean.matching_memory),
      matching_(config.lean)
{
    require_groups(config.batch, ranks);
    torch::manual_seed(step_seed(config.seed, -1));
    GeneratorImpl::Config const network{.architecture = config.architecture,
                                        .dropout = config.generator_dropout,
                                        .rank = config.factor_rank};
    generator_ = Generator(network);
    average_ = Generator(network);
    critic_ = LeanCritic(config.geometry);
    flow_ = EnergyHead(config.geometry);
    copy_numbers(*flow, *flow_);
    set_trainable(*flow_, false);
    flow_->to(device);
    generator_->to(device);
    average_->to(device);
    critic_->to(device);
    gather_constants();
    copy_numbers(*generator_, *average_);
    set_trainable(*average_, false);
    generator_units_ = rate_units(*generator_, config.generator_rate_unit);
    generator_optimiser_ = std::make_unique<torch::optim::Adam>(
        groups_of(*generator_), adversarial_adam(config.generator_rate));
    critic_optimiser_ = std::make_unique<torch::optim::Adam>(
        critic_->parameters(), adversarial_adam(config.discriminator_rate));
}

void PairedTrainer::start_from(Generator const& other)
{
    assert(steps_done_ == 0);
    generator_->take(*other);
    copy_numbers(*generator_, *average_);
    generator_units_ = rate_units(*generator_, config_.generator_rate_unit);
}

void PairedTrainer::gather_constants()
{
    torch::NoGradGuard const no_gradient;
    constexpr std::int64_t showers = 128;
    BatchSampler const sampler(showers_, {.batch = showers, .symmetries = config_.symmetries});
    auto const batch = sampler.draw(device_);
    generator_->forward(draw_latent(batch.energy, config_.latent_norm),
                        {.pass = {.phase = Phase::gather, .precision = config_.precision}});
}

double PairedTrainer::epochs_done() const
{
    return static_cast<double>(steps_done_ * config_.batch) / static_cast<double>(showers_.count());
}

std::int64_t PairedTrainer::critic_steps_done() const
{
    auto const first = config_.warm_up_epochs * static_cast<double>(showers_.count()) /
                       static_cast<double>(config_.batch);
    return steps_done_ - static_cast<std::int64_t>(std::ceil(first));
}

torch::Tensor PairedTrainer::latent_like(Batch const& batch)
{
    torch::NoGradGuard const no_gradient;
    auto const layers = batch.images.sum(Axes{2, 3}) * (1000.0 / image_scale);
    auto const noise = flow_->noise_of(flow_->encode_spread(layers, batch.energy), batch.primary());
    return draw_latent(batch.energy, config_.latent_norm,
                       {.entry = batch.entry, .layer_noise = noise});
}

PairedLosses PairedTrainer::step()
{
    torch::manual_seed(step_seed(config_.seed, steps_done_));
    auto const share = rate_share(schedule_of(config_), steps_done_);
    set_rates(*generator_optimiser_, share * config_.generator_rate, generator_units_);
    set_rates(*critic_optimiser_, share * config_.discriminator_rate, {1.0});
    PairedLosses losses;
    auto const whole = sampler_.draw(device_);
    auto const batch = part_of(whole, ranks_);
    auto const output =
        generator_->forward(ranks_.part(latent_like(whole)), training_pass(config_));
    auto const real = views_(roots_of_cells(batch.images), batch);
    auto const fake = views_(cell_roots(output), batch);
    Matched matched;
    auto const wait_for_matched = start_matching_of(real, fake, matched);
    torch::Tensor loss;
    if (warming_up()) {
        bool const linear = epochs_done() < config_.linear_epochs;
        auto const& weights = config_.weights;
        auto const single = single_shower_distance(linear ? output : torch::relu(output),
                                                   batch.images, batch.energy);
        losses.single_shower = single.item<double>();
        loss = weights.single_shower * single;
        if (linear)
            loss = loss + weights.cell_sum *
                              mean_absolute_percentage_error(output.sum(Axes{1, 2, 3}),
                                                             batch.images.sum(Axes{1, 2, 3}));
    } else {
        train_critic(batch, real, fake, losses);
        auto const adversarial = adversarial_loss(real, fake);
        losses.adversarial = adversarial.item<double>();
        loss = config_.weights.adversarial * adversarial;
    }
    wait_for_matched();
    step_generator(loss + matching_loss(real, fake, matched, losses));
    ++steps_done_;
    follow(*average_, *generator_, config_.average_decay, steps_done_);
    return losses;
}

std::vector<NamedLoss> PairedTrainer::advance()
{
    auto const losses = step();
    std::vector<NamedLoss> named{{"critic", losses.critic},
                                 {"penalty", losses.penalty},
                                 {"adversarial", losses.adversarial},
                                 {"layers", losses.layers},
                                 {"coarse", losses.coarse}};
    for (std::size_t row = 0; row < matching_terms.size(); ++row)
        if (matching_terms[row].paired)
            named.push_back({std::string(matching_terms[row].name), losses.matching[row]});
    named.push_back({"outliers", losses.outliers});
    named.push_back({"single_shower", losses.single_shower});
    return named;
}

torch::Tensor PairedTrainer::penalty_on(torch::Tensor const& roots, Batch const& batch)
{
    auto const seen = roots.detach().clone().set_requires_grad(true);
    auto const logits = critic_->forward(views_(seen, batch).for_critic(), config_.precision);
    auto const gradient = torch::autograd::grad({logits.sum()}, {seen}, {}, {}, true)[0];
    return 0.5 * config_.lean.gradient_penalty * gradient.square().sum(Axes{1, 2, 3}).mean();
}

void PairedTrainer::train_critic(Batch const& batch, ShowerView const& real, ShowerView const& fake,
                                 PairedLosses& losses)
{
    auto made = fake;
    for (auto* tensor : {&made.roots, &made.residuals, &made.conditions, &made.features})
        *tensor = tensor->detach();
    auto const precision = config_.precision;
    auto loss = torch::softplus(critic_->forward(made.for_critic(), precision) -
                                critic_->forward(real.for_critic(), precision))
                    .mean();
    losses.critic = loss.item<double>();
    auto const interval = config_.lean.penalty_interval;
    if (critic_steps_done() % interval == 0) {
        auto const penalty = penalty_on(real.roots, batch) + penalty_on(fake.roots, batch);
        losses.penalty = penalty.item<double>();
        loss = loss + static_cast<double>(interval) * penalty;
    }
    critic_optimiser_->zero_grad();
    loss.backward();
    ranks_.average_gradients(critic_->parameters());
    critic_optimiser_->step();
}

torch::Tensor PairedTrainer::adversarial_loss(ShowerView const& real, ShowerView const& fake)
{
    set_trainable(*critic_, false);
    auto const precision = config_.precision;
    auto const loss = torch::softplus(critic_->forward(real.for_critic(), precision) -
                                      critic_->forward(fake.for_critic(), precision))
                          .mean();
    set_trainable(*critic_, true);
    return loss;
}

std::function<void()> PairedTrainer::start_matching_of(ShowerView const& real,
                                                       ShowerView const& fake, Matched& losses)
{
    auto const made = fake.for_means(Sample::generated);
    auto const wanted = real.for_means(Sample::real);
    std::vector<MatchedMeans> all;
    auto const add = [&all](MomentMatching& matching, torch::Tensor& loss,
                            torch::Tensor const& generated, torch::Tensor const& geant4) {
        all.push_back({&matching, generated, geant4, &loss});
    };
    auto const add_term = [&](MatchingTerm term, torch::Tensor const& generated,
                              torch::Tensor const& geant4) {
        add(matching_[term], losses.terms[term], generated, geant4);
    };
    auto const add_coarse = [&](std::size_t level, MomentMatching& matching, torch::Tensor& loss) {
        auto const& spread = views_.coarse_spread(level);
        add(matching, loss, image_means(fake.coarse[level], made, spread),
            image_means(real.coarse[level], wanted, spread));
    };
    auto const of_layers = layer_weights(config_.geometry).to(device_).repeat({2});
    add(layer_matching_, losses.layers, of_layers * feature_means(fake.layer_features, made),
        of_layers * feature_means(real.layer_features, wanted));
    add_coarse(0, coarse_matching_, losses.coarse);
    add_coarse(1, coarsest_matching_, losses.coarsest);
    auto const weights = feature_weights(config_.geometry).to(device_);
    add_term(MatchingTerm::image, image_means(fake.residuals, made, views_.image_spread()),
             image_means(real.residuals, wanted, views_.image_spread()));
    add_term(MatchingTerm::profile, profile_means(made), profile_means(wanted));
    add_term(MatchingTerm::features, weights * feature_means(fake.features, made),
             weights * feature_means(real.features, wanted));
    add_term(MatchingTerm::spectrum, spectrum_means(made), spectrum_means(wanted));
    add_term(MatchingTerm::products, feature_products(fake.features),
             feature_products(real.features));
    return start_matching(std::move(all), ranks_);
}

torch::Tensor PairedTrainer::matching_loss(ShowerView const& real, ShowerView const& fake,
                                           Matched const& matched, PairedLosses& losses)
{
    auto const of_layers = layer_weights(config_.geometry).to(device_);
    auto const layers = (of_layers * (fake.layer_features - real.layer_features)).square().mean();
    auto const coarse = matched.coarse + matched.coarsest;
    auto const outliers = outlier_loss(fake.features, config_.geometry);
    losses.layers = layers.item<double>();
    losses.coarse = coarse.item<double>();
    losses.outliers = outliers.item<double>();
    auto const loss = config_.weight_layers * (layers + matched.layers) +
                      config_.lean.weight_image * coarse + config_.weight_outliers * outliers;
    return add_terms(loss, matched.terms, config_.lean, losses.matching);
}

void PairedTrainer::step_generator(torch::Tensor const& loss)
{
    generator_optimiser_->zero_grad();
    loss.backward();
    ranks_.average_gradients(generator_->parameters());
    usual_gradient_.limit(generator_->parameters(), config_.gradient_limit);
    generator_optimiser_->step();
}

std::unique_ptr<Candidate> PairedTrainer::candidate(std::int64_t) const
{
    Generator merged(GeneratorImpl::Config{.architecture = config_.architecture, .dropout = 0.0});
    merged->to(device_);
    merged->take(*average_);
    if (config_.settling_showers > 0)
        settle_fluctuations(merged, showers_, config_, config_.settling_showers, device_);
    return std::make_unique<StudyCandidate>(StoredGenerator{.generator = merged, .config = config_},
                                            device_);
}

double PairedTrainer::score(PhysicsFigures const& figures) const
{
    double score = figures.shape_mse / 0.003 + std::abs(figures.width.mean - 1.0) / 0.05 +
                   std::abs(figures.width.rms - 1.0) / 0.2;
    for (double const ratio : figures.hits) score += std::abs(ratio - 1.0) / 0.07;
    for (auto const& ratio : figures.sampling_fraction)
        if (ratio.count > 1)
            score += (std::abs(ratio.mean - 1.0) / 0.01 + std::abs(ratio.rms - 1.0) / 0.12) / 3.0;
    return score;
}

void PairedTrainer::save(torch::serialize::OutputArchive& archive) const
{
    save_part(archive, "generator", *generator_);
    save_part(archive, "average", *average_);
    save_part(archive, "critic", *critic_);
    save_part(archive, "flow", *flow_);
    save_part(archive, "generator_optimiser", *generator_optimiser_);
    save_part(archive, "critic_optimiser", *critic_optimiser_);
    coarse_matching_.save(archive, "coarse_matching");
    coarsest_matching_.save(archive, "coarsest_matching");
    layer_matching_.save(archive, "layer_matching");
    matching_.save(archive);
    archive.write("usual_gradient", torch::tensor(usual_gradient_.norm(), torch::kFloat64));
    archive.write("steps_done", torch::tensor(steps_done_));
}

void PairedTrainer::load(torch::serialize::InputArchive& archive)
{
    load_part(archive, "generator", *generator_);
    load_part(archive, "average", *average_);
    load_part(archive, "critic", *critic_);
    load_part(archive, "flow", *flow_);
    load_part(archive, "generator_optimiser", *generator_optimiser_);
    load_part(archive, "critic_optimiser", *critic_optimiser_);
    coarse_matching_.load(archive, "coarse_matching");
    coarsest_matching_.load(archive, "coarsest_matching");
    layer_matching_.load(archive, "layer_matching");
    matching_.load(archive);
    torch::Tensor steps, gradient;
    archive.read("steps_done", steps);
    steps_done_ = steps.item<std::int64_t>();
    archive.read("usual_gradient", gradient);
    usual_gradient_.restore(gradient.item<double>());
}

}  // namespace lowcal::training
