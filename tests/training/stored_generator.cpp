#include "training/stored_generator.hpp"

#include <torch/torch.h>

namespace lowcal::training {

StoredGenerator make_generator(Architecture architecture)
{
    torch::manual_seed(6);
    torch::NoGradGuard const no_gradient;
    StoredGenerator stored{.config = {.architecture = architecture}, .provenance = "steps 0\n"};
    stored.generator = Generator(GeneratorImpl::Config{.architecture = architecture});
    for (auto& parameter : stored.generator->parameters())  // shifts and scales of both signs
        if (parameter.dim() == 1) parameter.add_(0.2 * torch::randn_like(parameter));
    for (int i = 0; i < 3; ++i)
        stored.generator->forward(torch::randn({4, latent_size}),
                                  {.pass = {.phase = Phase::calibrate}});
    return stored;
}

}  // namespace lowcal::training
