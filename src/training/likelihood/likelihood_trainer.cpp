#include "training/likelihood/likelihood_trainer.hpp"

#include "training/loop/archive_parts.hpp"
#include "training/loop/checkpoint.hpp"
#include "training/loop/members.hpp"
#include "training/nn/learning_rate.hpp"
#include "training/nn/moving_average.hpp"
#include "training/nn/step_seed.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace lowcal::training {
namespace {

constexpr std::int64_t showers_at_once = 128;  ///< of a candidate
constexpr std::int64_t recorded_batches = 64;  ///< of a wider network
constexpr double half_cell = 0.5;              ///< from the middle of a cell to its edge, in cells

/// What sets the two networks apart.
template <class Net>
struct Form;
template <>
struct Form<FineGenerator> {
    using Stored = StoredFine;
    static auto& widths(auto& config) { return config.fine; }
    static torch::Tensor cells(FineGenerator net, LayerFacts const& facts,
                               torch::Tensor const& uniform)
    {
        return net->divide(facts, uniform);
    }
};
template <>
struct Form<PassGenerator> {
    using Stored = StoredPasses;
    static auto& widths(auto& config) { return config.passes; }
    static torch::Tensor cells(PassGenerator net, LayerFacts const& facts,
                               torch::Tensor const& uniform)
    {
        return net->cells(facts, uniform);
    }
};

template <class Net>
Net made_for(TrainingConfig const& config)
{
    return Net(config.geometry, Form<Net>::widths(config));
}

/// The networks that make cells, without the head.
template <class Net>
std::vector<torch::Tensor> cell_parameters(Net const& generator)
{
    std::vector<torch::Tensor> parameters;
    for (auto const& parameter : generator->named_parameters())
        if (!parameter.key().starts_with("head.")) parameters.push_back(parameter.value());
    return parameters;
}

/// The averaged generator.
template <class Net>
class LikelihoodCandidate : public Candidate {
public:
    using Stored = typename Form<Net>::Stored;
    LikelihoodCandidate(Stored stored, torch::Device device)
        : stored_(std::move(stored)), device_(device)
    {
    }
    torch::Tensor showers(Primary const& primary) override
    {
        torch::NoGradGuard const no_gradient;
        std::vector<torch::Tensor> all;
        for (std::int64_t first = 0; first < primary.energy.size(0); first += showers_at_once)
            all.push_back(
                some(primary, first, std::min(showers_at_once, primary.energy.size(0) - first)));
        return torch::cat(all);
    }
    void save(std::filesystem::path const& file, std::string const& provenance) override
    {
        stored_.provenance = provenance;
        save_generator(file, stored_);
    }

private:
    Stored stored_;
    torch::Device device_;

    torch::Tensor some(Primary const& primary, std::int64_t first, std::int64_t count)
    {
        auto const& geometry = stored_.config.geometry;
        Primary part{.energy = primary.energy.narrow(0, first, count).to(device_)};
        if (primary.conditions.defined())
            part.conditions = primary.conditions.narrow(0, first, count).to(device_);
        auto const noise = torch::randn({count, geometry.layers()}).to(device_);
        auto entry = torch::zeros({count, 2});
        if (Form<Net>::widths(stored_.config).entry)
            entry = half_cell * (2.0 * torch::rand({count, 2}) - 1.0);
        auto const uniform =
            torch::rand({count, stored_.generator->form().uniform_count()}).to(device_);
        auto const images =
            Form<Net>::cells(stored_.generator,
                             {.energy = stored_.generator->head->forward(noise, part),
                              .hits = {},
                              .entry = entry.to(device_),
                              .primary = describe(part, geometry)},
                             uniform);
        return images.permute(geometry.to_memory()).to(torch::kCPU) / cell_scale(geometry);
    }
};

}  // namespace

template <class Net>
LikelihoodTrainer<Net>::LikelihoodTrainer(TrainingConfig const& config, ShowerSet const& showers,
                                          torch::Device device)
    : config_(config),
      showers_(showers),
      device_(device),
      sampler_(showers, {.batch = config.batch, .symmetries = config.symmetries})
{
    Form<Net>::widths(config_).entry = showers.entry.defined();
    torch::manual_seed(step_seed(config.seed, -1));
    generator_ = made_for<Net>(config_);
    average_ = made_for<Net>(config_);
    generator_->to(device);
    average_->to(device);
    head_training_.emplace(config_, showers_, generator_->head, device_);
    gather_constants();
    copy_numbers(*generator_, *average_);
    set_trainable(*average_, false);
    optimiser_ = std::make_unique<torch::optim::Adam>(
        cell_parameters(generator_),
        torch::optim::AdamOptions(config.generator_rate).betas({0.9, 0.99}));
}

template <class Net>
void LikelihoodTrainer<Net>::start_from(Net other)
{
    assert(steps_done_ == 0);
    if constexpr (requires { other->record(); })
        if (other->widths() != generator_->widths()) {  // what a wider one makes tells what to keep
            torch::NoGradGuard const no_gradient;
            torch::manual_seed(step_seed(config_.seed, -1));
            other->record();
            for (std::int64_t i = 0; i < recorded_batches; ++i) loss_of_batch(other);
        }
    generator_->start_from(*other);
    copy_numbers(*generator_, *average_);
}

template <class Net>
void LikelihoodTrainer<Net>::gather_constants()
{
    auto const batch = draw_for_constants(showers_, device_);
    generator_->start_from_showers(batch.images * cell_scale(config_.geometry), batch.energy);
}

template <class Net>
double LikelihoodTrainer<Net>::epochs_done() const
{
    auto const seen = cell_steps_done() > 0 ? cell_steps_done() * config_.batch
                                            : steps_done_ * config_.lean.head_batch;
    return static_cast<double>(seen) / static_cast<double>(showers_.count());
}

template <class Net>
LikelihoodLosses LikelihoodTrainer<Net>::step()
{
    torch::manual_seed(step_seed(config_.seed, steps_done_));
    LikelihoodLosses losses;
    if (cell_steps_done() < 0) {
        losses.head = head_training_->step(steps_done_);
        follow(*average_->head, *generator_->head, config_.average_decay, steps_done_ + 1);
    } else {
        train_cells(losses);
    }
    ++steps_done_;
    return losses;
}

template <class Net>
std::vector<NamedLoss> LikelihoodTrainer<Net>::advance()
{
    auto const losses = step();
    return {{"head", losses.head},
            {"layer_hits", losses.layer_hits},
            {"hits", losses.hits},
            {"energies", losses.energies}};
}

template <class Net>
typename Net::ContainedType::Loss LikelihoodTrainer<Net>::loss_of_batch(Net generator) const
{
    auto const batch = sampler_.draw(device_);
    auto const entry = batch.entry.defined() ? half_cell * batch.entry
                                             : torch::zeros({batch.energy.size(0), 2}).to(device_);
    return generator->loss(batch.images * cell_scale(config_.geometry),
                           {.energy = {},
                            .hits = {},
                            .entry = entry,
                            .primary = describe(batch.primary(), config_.geometry)});
}

template <class Net>
void LikelihoodTrainer<Net>::train_cells(LikelihoodLosses& losses)
{
    auto const share = rate_share(schedule_of(config_), cell_steps_done());
    set_rate<torch::optim::AdamOptions>(*optimiser_, share * config_.generator_rate);
    auto const loss = loss_of_batch(generator_);
    losses.layer_hits = loss.hits_of_layers.template item<double>();
    losses.hits = loss.hits.template item<double>();
    losses.energies = loss.energies.template item<double>();
    optimiser_->zero_grad();
    loss.sum().backward();
    usual_gradient_.limit(cell_parameters(generator_), config_.gradient_limit);
    optimiser_->step();
    follow(*average_, *generator_, config_.average_decay, cell_steps_done() + 1);
}

template <class Net>
std::unique_ptr<Candidate> LikelihoodTrainer<Net>::candidate(std::int64_t) const
{
    typename Form<Net>::Stored stored{.generator = made_for<Net>(config_), .config = config_};
    stored.generator->to(device_);
    copy_numbers(*average_, *stored.generator);
    return std::make_unique<LikelihoodCandidate<Net>>(std::move(stored), device_);
}

/// The likelihood falls as long as rates do: what matters is that a shower is sound.
template <class Net>
double LikelihoodTrainer<Net>::score(PhysicsFigures const& figures) const
{
    return figures.shape_mse - static_cast<double>(steps_done_);
}

template <class Net>
void LikelihoodTrainer<Net>::save(torch::serialize::OutputArchive& archive) const
{
    save_part(archive, "generator", *generator_);
    save_part(archive, "average", *average_);
    head_training_->save(archive);
    save_part(archive, "optimiser", *optimiser_);
    archive.write("usual_gradient", torch::tensor(usual_gradient_.norm(), torch::kFloat64));
    archive.write("steps_done", torch::tensor(steps_done_));
}

template <class Net>
void LikelihoodTrainer<Net>::load(torch::serialize::InputArchive& archive)
{
    load_part(archive, "generator", *generator_);
    load_part(archive, "average", *average_);
    head_training_->load(archive);
    load_part(archive, "optimiser", *optimiser_);
    torch::Tensor steps, gradient;
    archive.read("steps_done", steps);
    steps_done_ = steps.item<std::int64_t>();
    archive.read("usual_gradient", gradient);
    usual_gradient_.restore(gradient.item<double>());
}

template class LikelihoodTrainer<FineGenerator>;
template class LikelihoodTrainer<PassGenerator>;

}  // namespace lowcal::training
