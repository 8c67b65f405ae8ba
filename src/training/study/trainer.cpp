#include "training/study/trainer.hpp"

#include "training/loop/archive_parts.hpp"
#include "training/loop/checkpoint.hpp"
#include "training/loop/members.hpp"
#include "training/nn/latent.hpp"
#include "training/nn/learning_rate.hpp"
#include "training/nn/moving_average.hpp"
#include "training/nn/relative_rates.hpp"
#include "training/nn/step_seed.hpp"
#include "training/study/study_candidate.hpp"

#include <torch/torch.h>

#include <cassert>
#include <cmath>

namespace lowcal::training {
namespace {

torch::optim::AdamOptions adam(double rate)
{
    return torch::optim::AdamOptions(rate).betas({0.9, 0.999}).eps(1e-7);  // Keras' defaults
}

JudgementTarget target_for(Batch const& batch, torch::Tensor label, torch::Tensor cell_sum)
{
    return {.real_label = std::move(label),
            .energy = batch.energy / energy_unit,
            .cell_sum = std::move(cell_sum)};
}

}  // namespace

Trainer::Trainer(TrainingConfig const& config, ShowerSet const& showers, torch::Device device)
    : config_(config),
      showers_(showers),
      device_(device),
      sampler_(showers, {.batch = config.batch, .symmetries = config.symmetries}),
      cell_sum_fit_(showers)
{
    torch::manual_seed(step_seed(config.seed, -1));
    GeneratorImpl::Config const network{.architecture = config.architecture,
                                        .dropout = config.generator_dropout};
    generator_ = Generator(network);
    average_ = Generator(network);
    discriminator_ = Discriminator(config.discriminator_dropout);
    generator_->to(device);
    average_->to(device);
    discriminator_->to(device);
    set_trainable(*average_, false);
    follow(*average_, *generator_, config.average_decay, 0);
    if (config.normalisation == Normalisation::constant) gather_constants();
    generator_units_ = rate_units(*generator_, config.generator_rate_unit);
    generator_optimiser_ =
        std::make_unique<torch::optim::Adam>(groups_of(*generator_), adam(config.generator_rate));
    discriminator_optimiser_ = std::make_unique<torch::optim::Adam>(
        discriminator_->parameters(), adam(config.discriminator_rate));
}

void Trainer::start_from(Generator const& other)
{
    assert(steps_done_ == 0);
    copy_numbers(*other, *generator_);
    follow(*average_, *generator_, config_.average_decay, 0);
}

double Trainer::epochs_done() const
{
    return static_cast<double>(steps_done_ * config_.batch) / static_cast<double>(showers_.count());
}

GeneratorPass Trainer::generator_pass() const
{
    return {.pass = {.phase = config_.normalisation == Normalisation::constant ? Phase::constant
                                                                               : Phase::train,
                     .precision = config_.precision},
            .output =
                epochs_done() < config_.linear_epochs ? OutputMode::linear : OutputMode::rectified};
}

PassConfig Trainer::discriminator_pass() const
{
    return {.phase = Phase::train, .precision = config_.precision};
}

StepLosses Trainer::step()
{
    torch::manual_seed(step_seed(config_.seed, steps_done_));
    set_rates();
    StepLosses losses;
    auto const batch = sampler_.draw(device_);
    auto const fake =
        generator_->forward(draw_latent(batch.energy, config_.latent_norm), generator_pass());
    if (epochs_done() < config_.warm_up_epochs) {
        warm_up(batch, fake, losses);
    } else {
        train_discriminator(batch, fake.detach(), losses);
        train_generator(batch, fake, losses);
    }
    ++steps_done_;
    follow(*average_, *generator_, config_.average_decay, steps_done_);
    return losses;
}

std::vector<NamedLoss> Trainer::advance()
{
    auto const losses = step();
    return {{"discriminator_real", losses.discriminator_real},
            {"discriminator_fake", losses.discriminator_fake},
            {"generator", losses.generator},
            {"mean_shower", losses.mean_shower},
            {"single_shower", losses.single_shower}};
}

std::unique_ptr<Candidate> Trainer::candidate(std::int64_t showers) const
{
    return std::make_unique<StudyCandidate>(
        StoredGenerator{.generator = averaged_generator(showers), .config = config_}, device_);
}

double Trainer::score(PhysicsFigures const& figures) const
{
    double worst = 0;
    for (auto const& ratio : figures.sampling_fraction)
        if (ratio.count > 1) worst = std::max(worst, std::abs(ratio.mean - 1.0));
    return figures.shape_mse / 0.06 + worst / 0.03;
}

void Trainer::train_discriminator(Batch const& batch, torch::Tensor const& fake, StepLosses& losses)
{
    auto const count = batch.energy.size(0);
    auto loss_of = [&](torch::Tensor const& images, Origin origin, torch::Tensor const& sum) {
        auto const judgement = discriminator_->forward(images, discriminator_pass());
        auto const label = draw_labels(count, origin, config_.labels, device_);
        auto const loss = judgement_loss(judgement, target_for(batch, label, sum), config_.weights);
        loss.backward();
        return loss.item<double>();
    };
    discriminator_optimiser_->zero_grad();
    losses.discriminator_real = loss_of(batch.images, Origin::real, batch.images.sum({1, 2, 3}));
    losses.discriminator_fake = loss_of(fake, Origin::fake, cell_sum_fit_(batch.energy));
    discriminator_optimiser_->step();
}

void Trainer::train_generator(Batch const& batch, torch::Tensor const& fake, StepLosses& losses)
{
    set_trainable(*discriminator_, false);
    auto const judgement = discriminator_->forward(fake, discriminator_pass());
    auto const wanted =
        torch::full({batch.energy.size(0)}, config_.labels.real, batch.energy.options());
    auto loss = judgement_loss(judgement, target_for(batch, wanted, cell_sum_fit_(batch.energy)),
                               config_.weights);
    if (config_.weights.mean_shower > 0.0) {
        auto const distance = mean_shower_distance(fake, batch.images, batch.energy);
        losses.mean_shower = distance.item<double>();
        loss = loss + config_.weights.mean_shower * distance;
    }
    if (config_.weights.mean_response > 0.0)
        loss = loss + config_.weights.mean_response *
                          mean_response_distance(fake.sum({1, 2, 3}), cell_sum_fit_(batch.energy),
                                                 batch.energy);
    losses.generator = loss.item<double>();
    step_generator(loss);
    set_trainable(*discriminator_, true);
}

void Trainer::warm_up(Batch const& batch, torch::Tensor const& fake, StepLosses& losses)
{
    auto const single = single_shower_distance(fake, batch.images, batch.energy);
    auto const mean = mean_shower_distance(fake, batch.images, batch.energy);
    auto const sum = fake.sum({1, 2, 3});
    auto const expected = cell_sum_fit_(batch.energy);
    auto const response = mean_response_distance(sum, expected, batch.energy);
    auto const& weights = config_.weights;
    auto const loss = weights.single_shower * single + weights.mean_shower * mean +
                      weights.mean_response * response +
                      weights.cell_sum * mean_absolute_percentage_error(sum, expected);
    losses.single_shower = single.item<double>();
    losses.mean_shower = mean.item<double>();
    losses.generator = loss.item<double>();
    step_generator(loss);
}

void Trainer::set_rates()
{
    auto const share = rate_share(schedule_of(config_), steps_done_);
    training::set_rates(*generator_optimiser_, share * config_.generator_rate, generator_units_);
    training::set_rates(*discriminator_optimiser_, share * config_.discriminator_rate, {1.0});
}

void Trainer::step_generator(torch::Tensor const& loss)
{
    generator_optimiser_->zero_grad();
    loss.backward();
    if (config_.gradient_limit > 0.0)
        torch::nn::utils::clip_grad_norm_(generator_->parameters(), config_.gradient_limit);
    generator_optimiser_->step();
}

Generator Trainer::averaged_generator(std::int64_t showers) const
{
    torch::NoGradGuard const no_gradient;
    // A constant of its own: evaluation must not depend on, or change, the training's stream.
    torch::manual_seed(step_seed(config_.seed, -2));
    Generator result(GeneratorImpl::Config{.architecture = config_.architecture, .dropout = 0.0});
    result->to(device_);
    auto const source = average_->parameters();
    auto target = result->parameters();
    for (std::size_t i = 0; i < source.size(); ++i) target[i].copy_(source[i]);
    if (config_.normalisation == Normalisation::constant) {
        auto const constants = generator_->buffers();
        auto buffers = result->buffers();
        for (std::size_t i = 0; i < buffers.size(); ++i) buffers[i].copy_(constants[i]);
    } else {
        calibrate(result, showers);
    }
    return result;
}

void Trainer::gather_constants()
{
    torch::NoGradGuard const no_gradient;
    constexpr std::int64_t showers = 128;
    BatchSampler const sampler(showers_, {.batch = showers, .symmetries = config_.symmetries});
    auto const batch = sampler.draw(device_);
    generator_->forward(draw_latent(batch.energy, config_.latent_norm),
                        {.pass = {.phase = Phase::gather, .precision = config_.precision}});
}

void Trainer::calibrate(Generator& generator, std::int64_t showers) const
{
    torch::NoGradGuard const no_gradient;
    // From zero, one pass leaves (1 - momentum) times the batch's statistics.
    std::vector<torch::Tensor> sums;
    auto buffers = generator->buffers();
    auto const batches = std::max<std::int64_t>(1, showers / config_.batch);
    for (std::int64_t i = 0; i < batches; ++i) {
        for (auto& buffer : buffers) buffer.zero_();
        auto const batch = sampler_.draw(device_);
        generator->forward(draw_latent(batch.energy, config_.latent_norm),
                           {.pass = {.phase = Phase::calibrate, .precision = config_.precision}});
        for (std::size_t j = 0; j < buffers.size(); ++j) {
            if (i == 0) sums.push_back(torch::zeros_like(buffers[j]));
            sums[j] += buffers[j] / (1.0 - batch_norm_momentum) / static_cast<double>(batches);
        }
    }
    for (std::size_t j = 0; j < buffers.size(); ++j) buffers[j].copy_(sums[j]);
}

void Trainer::save(torch::serialize::OutputArchive& archive) const
{
    save_part(archive, "generator", *generator_);
    save_part(archive, "average", *average_);
    save_part(archive, "discriminator", *discriminator_);
    save_part(archive, "generator_optimiser", *generator_optimiser_);
    save_part(archive, "discriminator_optimiser", *discriminator_optimiser_);
    archive.write("steps_done", torch::tensor(steps_done_));
}

void Trainer::load(torch::serialize::InputArchive& archive)
{
    load_part(archive, "generator", *generator_);
    load_part(archive, "average", *average_);
    load_part(archive, "discriminator", *discriminator_);
    load_part(archive, "generator_optimiser", *generator_optimiser_);
    load_part(archive, "discriminator_optimiser", *discriminator_optimiser_);
    torch::Tensor steps;
    archive.read("steps_done", steps);
    steps_done_ = steps.item<std::int64_t>();
}

}  // namespace lowcal::training
