#include "training/study/study_candidate.hpp"

#include "training/nn/latent.hpp"

#include <torch/torch.h>

namespace lowcal::training {

StudyCandidate::StudyCandidate(StoredGenerator stored, torch::Device device)
    : stored_(std::move(stored)), device_(device)
{
}

torch::Tensor StudyCandidate::showers(Primary const& primary)
{
    torch::NoGradGuard const no_gradient;
    GeneratorPass const pass{
        .pass = {.phase = Phase::generate, .precision = stored_.config.precision}};
    auto const latent = draw_latent(primary.energy.to(device_), stored_.config.latent_norm);
    auto const order = stored_.config.geometry.to_memory();
    return stored_.generator->forward(latent, pass).permute(order).to(torch::kCPU);
}

void StudyCandidate::save(std::filesystem::path const& file, std::string const& provenance)
{
    stored_.provenance = provenance;
    save_generator(file, stored_);
}

}  // namespace lowcal::training
