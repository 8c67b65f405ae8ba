#include "training/study/fluctuations.hpp"

#include "training/architecture.hpp"
#include "training/nn/latent.hpp"
#include "training/nn/latent_response.hpp"

#include <torch/torch.h>

#include <limits>
#include <vector>

namespace lowcal::training {
namespace {

constexpr std::int64_t together = 64;  ///< showers in memory at a time

/// Of images [N, layers, rows, columns]: energy over the primary's, and mean layer, [N, 2].
torch::Tensor numbers_of(torch::Tensor const& images, torch::Tensor const& energy)
{
    auto const layers = images.sum(at::IntArrayRef{2, 3}).to(torch::kCPU, torch::kFloat64);
    auto const total = layers.sum(1);
    auto const depth = layers.matmul(torch::arange(layers.size(1), layers.options()));
    auto const least = std::numeric_limits<float>::min();
    return torch::stack(
        {total / energy.to(torch::kCPU, torch::kFloat64), depth / total.clamp_min(least)}, 1);
}

torch::Tensor beyond_usual(torch::Tensor const& energy, torch::Tensor const& numbers)
{
    return torch::cat({beyond_usual_at(energy, numbers.narrow(1, 0, 1), Beyond::relative),
                       beyond_usual_at(energy, numbers.narrow(1, 1, 1), Beyond::absolute)},
                      1);
}

}  // namespace

void settle_fluctuations(Generator& generator, ShowerSet const& showers,
                         TrainingConfig const& config, std::int64_t count, torch::Device device)
{
    torch::NoGradGuard const no_gradient;
    BatchSampler const sampler(showers, {.batch = together, .symmetries = config.symmetries});
    GeneratorPass const pass{.pass = {.phase = Phase::generate, .precision = config.precision}};
    std::vector<torch::Tensor> energies, latents, generated, real;
    for (std::int64_t done = 0; done < count; done += together) {
        auto const batch = sampler.draw(device);
        auto const latent = draw_latent(batch.energy, config.latent_norm);
        energies.push_back(batch.energy.to(torch::kCPU));
        latents.push_back((latent * (energy_unit / batch.energy).unsqueeze(1)).to(torch::kCPU));
        real.push_back(numbers_of(batch.images, batch.energy));
        generated.push_back(numbers_of(generator->forward(latent, pass), batch.energy));
    }
    auto const energy = torch::cat(energies);
    auto const correction =
        response_correction(torch::cat(latents), beyond_usual(energy, torch::cat(generated)),
                            beyond_usual(energy, torch::cat(real)));
    auto const& weight = generator->dense()->weight;
    weight.copy_(weight.to(torch::kCPU, torch::kFloat64).matmul(correction));
}

}  // namespace lowcal::training
