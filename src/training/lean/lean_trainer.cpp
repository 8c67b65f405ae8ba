#include "training/lean/lean_trainer.hpp"

#include "core/error.hpp"
#include "training/lean/lean_means.hpp"
#include "training/loop/archive_parts.hpp"
#include "training/loop/checkpoint.hpp"
#include "training/loop/members.hpp"
#include "training/nn/learning_rate.hpp"
#include "training/nn/moving_average.hpp"
#include "training/nn/step_seed.hpp"
#include "training/parallel/batch_part.hpp"

#include <torch/torch.h>

#include <cassert>
#include <cmath>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

constexpr double many_hits = 3.0;  ///< MeV: energy of a layer that has many

/// The averaged generator.
class LeanCandidate : public Candidate {
public:
    explicit LeanCandidate(StoredLean stored, torch::Device device)
        : stored_(std::move(stored)), device_(device)
    {
    }
    torch::Tensor showers(Primary const& primary) override
    {
        torch::NoGradGuard const no_gradient;
        auto const& geometry = stored_.config.geometry;
        auto const count = primary.energy.size(0);
        auto const latent = torch::randn({count, LeanLatent(geometry).size()}).to(device_);
        auto on_device = primary;
        on_device.energy = primary.energy.to(device_);
        if (primary.conditions.defined()) on_device.conditions = primary.conditions.to(device_);
        auto const cells = stored_.generator->forward(latent, on_device, stored_.config.precision);
        auto const order = geometry.to_memory();
        return cells.permute(order).to(torch::kCPU) * (geometry.cell_unit / mev_per_unit);
    }
    void save(std::filesystem::path const& file, std::string const& provenance) override
    {
        stored_.provenance = provenance;
        save_generator(file, stored_);
    }

private:
    StoredLean stored_;
    torch::Device device_;
};

}  // namespace

LeanTrainer::LeanTrainer(TrainingConfig const& config, ShowerSet const& showers,
                         torch::Device device, Ranks const& ranks)
    : config_(config),
      showers_(showers),
      device_(device),
      ranks_(ranks),
      sampler_(showers, {.batch = config.batch, .symmetries = config.symmetries}),
      matching_(config.lean)
{
    require_groups(config.batch, ranks);
    require_shares(config.lean.head_batch, ranks);
    torch::manual_seed(step_seed(config.seed, -1));
    generator_ = LeanGenerator(geometry());
    average_ = LeanGenerator(geometry());
    critic_ = LeanCritic(geometry());
    generator_->to(device);
    average_->to(device);
    critic_->to(device);
    gather_constants();
    copy_numbers(*generator_, *average_);
    set_trainable(*average_, false);
    generator_optimiser_ = std::make_unique<torch::optim::Adam>(
        generator_->shapes->parameters(), adversarial_adam(config.generator_rate));
    critic_optimiser_ = std::make_unique<torch::optim::Adam>(
        critic_->parameters(), adversarial_adam(config.discriminator_rate));
}

void LeanTrainer::start_from(LeanGenerator const& other)
{
    assert(steps_done_ == 0);
    copy_numbers(*other, *generator_);
    copy_numbers(*other, *average_);
}

void LeanTrainer::gather_constants()
{
    torch::NoGradGuard const no_gradient;
    head_training_.emplace(config_, showers_, generator_->head, device_, ranks_);
    auto const batch = draw_for_constants(showers_, device_);
    auto const cells = batch.images * cell_scale(geometry());
    generator_->shapes->start_from_showers(cells, batch.energy);
    usual_roots_ = generator_->shapes->base().clone();
    auto const view = view_of(cells, batch);
    feature_scale_.emplace(view.conditions, shower_features(view.roots, geometry()));
    image_spread_ = image_spread(beyond_usual(view.roots, view.layers, usual_roots_), geometry());
    depth_spread_ = depth_spread(view.roots, geometry());
}

double LeanTrainer::epochs_done() const
{
    auto const& lean = config_.lean;
    auto const seen =
        shape_steps_done() > 0 ? shape_steps_done() * config_.batch : steps_done_ * lean.head_batch;
    return static_cast<double>(seen) / static_cast<double>(showers_.count());
}

LeanLosses LeanTrainer::step()
{
    torch::manual_seed(step_seed(config_.seed, steps_done_));
    LeanLosses losses;
    if (steps_done_ < config_.lean.head_steps)
        train_head(losses);
    else
        train_shapes(losses);
    ++steps_done_;
    return losses;
}

std::vector<NamedLoss> LeanTrainer::advance()
{
    auto const losses = step();
    std::vector<NamedLoss> named{{"head", losses.head},
                                 {"critic_real", losses.critic_real},
                                 {"critic_fake", losses.critic_fake},
                                 {"penalty", losses.penalty},
                                 {"adversarial", losses.adversarial}};
    for (std::size_t row = 0; row < matching_terms.size(); ++row)
        named.push_back({std::string(matching_terms[row].name), losses.matching[row]});
    return named;
}

void LeanTrainer::train_head(LeanLosses& losses)
{
    losses.head = head_training_->step(steps_done_);
    follow(*average_->head, *generator_->head, config_.average_decay, steps_done_ + 1);
}

void LeanTrainer::train_shapes(LeanLosses& losses)
{
    set_shape_rates();
    auto const real = real_view();
    auto const fake = generated_like(real);
    TermLosses terms;
    auto const wait_for_terms = start_matching_of(real, fake, terms);
    train_critic(real, fake, losses);
    wait_for_terms();
    terms[MatchingTerm::scale] = unevenness(fake);
    train_generator(fake, terms, losses);
    follow(*average_->shapes, *generator_->shapes, config_.average_decay, shape_steps_done() + 1);
}

LeanTrainer::View LeanTrainer::real_view() const
{
    torch::NoGradGuard const no_gradient;
    auto const batch = part_of(sampler_.draw(device_), ranks_);
    return with_features(view_of(batch.images * cell_scale(geometry()), batch));
}

LeanTrainer::View LeanTrainer::view_of(torch::Tensor const& cells, Batch const& batch) const
{
    View view{.roots = torch::pow(cells, 1.0 / 3.0),
              .primary = batch.primary(),
              .layers = cells.sum(Axes{2, 3}),
              .entry = batch.entry};
    auto const unknown = torch::zeros({batch.energy.size(0), entry_features}, cells.options());
    view.conditions = torch::cat(
        {describe(view.primary, geometry()),
         generator_->shapes->describe_layers(view.layers, batch.energy),
         view.entry.defined() ? describe_entry(view.entry, batch.energy / geometry().energy_unit)
                              : unknown},
        1);
    return view;
}

LeanTrainer::View LeanTrainer::generated_like(View const& real)
{
    auto const latent =
        ranks_.part(torch::randn({config_.batch, LeanLatent(geometry()).size()})).to(device_);
    if (real.entry.defined())  // uniform numbers as normal ones
        latent.slice(1, geometry().layers(), geometry().layers() + LeanLatent::entry)
            .copy_(std::sqrt(2.0) * torch::erfinv(real.entry));
    auto view = real;
    auto const image = generator_->shapes_for(latent, real.primary, real.layers, config_.precision);
    view.roots = image.roots;
    view.log_scales = image.log_scales;
    return with_features(view);
}

LeanTrainer::View LeanTrainer::with_features(View view) const
{
    view.residuals = beyond_usual(view.roots, view.layers, usual_roots_);
    view.features = (*feature_scale_)(view.conditions, shower_features(view.roots, geometry()));
    return view;
}

torch::Tensor LeanTrainer::judge(View const& view)
{
    return critic_->forward({.roots = view.roots,
                             .residuals = view.residuals,
                             .conditions = view.conditions,
                             .features = view.features},
                            config_.precision);
}

void LeanTrainer::train_critic(View const& real, View const& fake, LeanLosses& losses)
{
    bool const penalised = shape_steps_done() % config_.lean.penalty_interval == 0;
    auto seen = real;
    if (penalised) {
        seen.roots = real.roots.clone().set_requires_grad(true);
        seen = with_features(seen);
    }
    auto const real_logits = judge(seen);
    auto made = fake;
    made.roots = fake.roots.detach();
    made.residuals = fake.residuals.detach();
    made.features = fake.features.detach();
    auto const real_loss = torch::softplus(-real_logits).mean();
    auto const fake_loss = torch::softplus(judge(made)).mean();
    auto loss = real_loss + fake_loss;
    if (penalised) {
        auto const gradient =
            torch::autograd::grad({real_logits.sum()}, {seen.roots}, {}, {}, true)[0];
        auto const penalty =
            0.5 * config_.lean.gradient_penalty * gradient.square().sum(Axes{1, 2, 3}).mean();
        losses.penalty = penalty.item<double>();
        loss = loss + static_cast<double>(config_.lean.penalty_interval) * penalty;
    }
    losses.critic_real = real_loss.item<double>();
    losses.critic_fake = fake_loss.item<double>();
    critic_optimiser_->zero_grad();
    loss.backward();
    ranks_.average_gradients(critic_->parameters());
    critic_optimiser_->step();
}

std::function<void()> LeanTrainer::start_matching_of(View const& real, View const& fake,
                                                     TermLosses& terms)
{
    auto const means_of = [&](View const& view, Sample sample) {
        return MeansInput{.geometry = geometry(),
                          .roots = view.roots,
                          .primary = view.primary,
                          .entry = view.entry,
                          .sample = sample};
    };
    auto const made = means_of(fake, Sample::generated);
    auto const wanted = means_of(real, Sample::real);
    auto const weights = feature_weights(geometry()).to(device_);
    std::vector<MatchedMeans> means;
    auto const add = [&](MatchingTerm term, torch::Tensor const& generated,
                         torch::Tensor const& geant4) {
        means.push_back({&matching_[term], generated, geant4, &terms[term]});
    };
    add(MatchingTerm::image, image_means(fake.residuals, made, image_spread_),
        image_means(real.residuals, wanted, image_spread_));
    add(MatchingTerm::depth, depth_means(made, depth_spread_), depth_means(wanted, depth_spread_));
    add(MatchingTerm::profile, profile_means(made), profile_means(wanted));
    add(MatchingTerm::features, weights * feature_means(fake.features, made),
        weights * feature_means(real.features, wanted));
    add(MatchingTerm::spectrum, spectrum_means(made), spectrum_means(wanted));
    add(MatchingTerm::products, feature_products(fake.features), feature_products(real.features));
    return start_matching(std::move(means), ranks_);
}

void LeanTrainer::train_generator(View const& fake, TermLosses const& terms, LeanLosses& losses)
{
    set_trainable(*critic_, false);
    auto const adversarial = torch::softplus(-judge(fake)).mean();
    set_trainable(*critic_, true);
    losses.adversarial = adversarial.item<double>();
    auto const loss = add_terms(adversarial, terms, config_.lean, losses.matching);
    generator_optimiser_->zero_grad();
    loss.backward();
    ranks_.average_gradients(generator_->shapes->parameters());
    usual_gradient_.limit(generator_->shapes->parameters(), config_.gradient_limit);
    generator_optimiser_->step();
}

torch::Tensor LeanTrainer::unevenness(View const& fake)
{
    // A layer of a hit or two cannot have the scale of others.
    auto const weights = fake.layers / (fake.layers + many_hits);
    return (weights * fake.log_scales.square()).mean();
}

void LeanTrainer::set_shape_rates()
{
    auto const share = rate_share(schedule_of(config_), shape_steps_done());
    set_rate<torch::optim::AdamOptions>(*generator_optimiser_, share * config_.generator_rate);
    set_rate<torch::optim::AdamOptions>(*critic_optimiser_, share * config_.discriminator_rate);
}

std::unique_ptr<Candidate> LeanTrainer::candidate(std::int64_t) const
{
    StoredLean stored{.generator = LeanGenerator(geometry()), .config = config_};
    stored.generator->to(device_);
    copy_numbers(*average_, *stored.generator);
    return std::make_unique<LeanCandidate>(std::move(stored), device_);
}

double LeanTrainer::score(PhysicsFigures const& figures) const
{
    double score = figures.shape_mse / 0.002 + std::abs(figures.width.mean - 1.0) / 0.05 +
                   std::abs(figures.width.rms - 1.0) / 0.1;
    for (double const ratio : figures.hits) score += std::abs(ratio - 1.0) / 0.05;
    for (auto const& ratio : figures.sampling_fraction)
        if (ratio.count > 1) score += std::abs(ratio.mean - 1.0) / 0.03;
    return score;
}

void LeanTrainer::save(torch::serialize::OutputArchive& archive) const
{
    save_part(archive, "generator", *generator_);
    save_part(archive, "average", *average_);
    save_part(archive, "critic", *critic_);
    head_training_->save(archive);
    save_part(archive, "generator_optimiser", *generator_optimiser_);
    save_part(archive, "critic_optimiser", *critic_optimiser_);
    matching_.save(archive);
    archive.write("usual_gradient", torch::tensor(usual_gradient_.norm(), torch::kFloat64));
    archive.write("steps_done", torch::tensor(steps_done_));
}

void LeanTrainer::load(torch::serialize::InputArchive& archive)
{
    load_part(archive, "generator", *generator_);
    load_part(archive, "average", *average_);
    load_part(archive, "critic", *critic_);
    head_training_->load(archive);
    load_part(archive, "generator_optimiser", *generator_optimiser_);
    load_part(archive, "critic_optimiser", *critic_optimiser_);
    matching_.load(archive);
    torch::Tensor steps, gradient;
    archive.read("steps_done", steps);
    steps_done_ = steps.item<std::int64_t>();
    if (archive.try_read("usual_gradient", gradient))  // earlier checkpoints lack it
        usual_gradient_.restore(gradient.item<double>());
}

}  // namespace lowcal::training
