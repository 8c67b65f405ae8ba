#include "training/lean/head_training.hpp"

#include "training/loop/archive_parts.hpp"
#include "training/nn/learning_rate.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

/// Of a training shower's numbers, and AdamW's: it must not be learnt by heart. With 0.01 and 1e-4
/// the likelihood of other showers falls after 800 steps.
constexpr double encoding_noise = 0.02;
constexpr double weight_decay = 0.3;
constexpr double gradient_limit = 5.0;

/// The couplings' weights, which decay, and what calibrates layers by energy, which does not.
std::vector<torch::optim::OptimizerParamGroup> parameters_of(EnergyHead const& head)
{
    std::vector<torch::Tensor> weights, others;
    for (auto const& parameter : head->named_parameters()) {
        bool const decays = parameter.key().starts_with("coupling") && parameter.value().dim() == 2;
        (decays ? weights : others).push_back(parameter.value());
    }
    auto decaying = std::make_unique<torch::optim::AdamWOptions>();
    decaying->weight_decay(weight_decay);
    return {torch::optim::OptimizerParamGroup(weights, std::move(decaying)),
            torch::optim::OptimizerParamGroup(others)};
}

torch::Tensor layers_of(ShowerSet const& showers)
{
    constexpr std::int64_t at_once = 512;
    std::vector<torch::Tensor> layers;
    auto const order = showers.geometry.to_images();
    for (auto const& part : showers.cells.split(at_once))
        layers.push_back(part.to(torch::kFloat32).permute(order).sum(at::IntArrayRef{2, 3}) *
                         cell_scale(showers.geometry));
    return torch::cat(layers);
}

}  // namespace

HeadTraining::HeadTraining(TrainingConfig const& config, ShowerSet const& showers,
                           EnergyHead const& head, torch::Device device, Ranks const& ranks)
    : recipe_(config.lean),
      showers_(showers),
      device_(device),
      sampler_(showers, {.batch = recipe_.head_batch, .symmetries = Symmetries::none}),
      head_(head),
      ranks_(ranks),
      layers_(layers_of(showers).to(device))
{
    torch::NoGradGuard const no_gradient;
    head_->whiten(head_->encode_spread(layers_, showers.energy.to(device)));
    optimiser_ = std::make_unique<torch::optim::AdamW>(
        parameters_of(head_), torch::optim::AdamWOptions(recipe_.head_rate).weight_decay(0.0));
}

double HeadTraining::step(std::int64_t steps_done)
{
    set_rate<torch::optim::AdamWOptions>(
        *optimiser_,
        recipe_.head_rate * rate_share({.decay_steps = recipe_.head_steps}, steps_done));
    auto const chosen = sampler_.choose();
    Primary primary{.energy = showers_.energy.index_select(0, chosen).to(device_)};
    if (showers_.conditions.defined())
        primary.conditions = showers_.conditions.index_select(0, chosen).to(device_);
    auto encoded =
        head_->encode_spread(layers_.index_select(0, chosen.to(device_)), primary.energy);
    encoded = encoded + encoding_noise * head_->spread() * torch::randn_like(encoded);
    // Random numbers are drawn for the whole batch, so that they do not depend on the ranks.
    encoded = ranks_.part(encoded);
    primary = {.energy = ranks_.part(primary.energy),
               .conditions = ranks_.part(primary.conditions)};
    auto const loss = -head_->log_density(encoded, primary).mean();
    optimiser_->zero_grad();
    loss.backward();
    ranks_.average_gradients(head_->parameters());
    torch::nn::utils::clip_grad_norm_(head_->parameters(), gradient_limit);
    optimiser_->step();
    return loss.item<double>();
}

void HeadTraining::save(torch::serialize::OutputArchive& archive) const
{
    save_part(archive, "head_optimiser", *optimiser_);
}

void HeadTraining::load(torch::serialize::InputArchive& archive)
{
    load_part(archive, "head_optimiser", *optimiser_);
}

}  // namespace lowcal::training
