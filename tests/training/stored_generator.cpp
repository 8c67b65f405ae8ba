#include "training/stored_generator.hpp"

#include "training/trainings.hpp"

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

torch::Tensor invented_cells(std::int64_t count)
{
    auto const axis = torch::arange(25, torch::kFloat32) - 12.0;
    auto const across = torch::exp(-0.3 * axis.abs());
    auto const mean = 20.0 * across.view({25, 1}) * across.view({1, 25});
    auto const noise = torch::randn({count, 25, 25, 25});
    return mean * noise.square() * (noise > 0.0);
}

StoredLean make_lean()
{
    return make_lean(clic_geometry());
}

StoredLean make_lean(ShowerGeometry const& geometry)
{
    torch::manual_seed(6);
    torch::NoGradGuard const no_gradient;
    StoredLean stored{.generator = LeanGenerator(geometry),
                      .config = default_config(Architecture::lean),
                      .provenance = "steps 0\n"};
    stored.config.geometry = geometry;
    // Of the corner of a larger shower: any grid has energy in each of its layers.
    auto const cells = invented_cells(64)
                           .repeat({1, 2, 1, 1})
                           .slice(1, 0, geometry.layers())
                           .slice(2, 0, geometry.rows())
                           .slice(3, 0, geometry.columns());
    auto const energy = cells.sum({1, 2, 3}) / 20.0;
    stored.generator->shapes->start_from_showers(cells, energy);
    auto const layers = cells.sum(at::IntArrayRef{2, 3});
    stored.generator->head->whiten(stored.generator->head->encode(layers, energy));
    for (auto& parameter : stored.generator->head->parameters())
        parameter.add_(0.05 * torch::randn_like(parameter));
    for (auto& parameter : stored.generator->shapes->parameters())
        if (parameter.dim() == 1) parameter.add_(0.1 * torch::randn_like(parameter));
    return stored;
}

}  // namespace lowcal::training
