#pragma once

#include "graph/reference/reference.hpp"
#include "training/exporting/export_likelihood.hpp"
#include "training/shower_set.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {

/// Whether what is exported of a network for the showers of made_up_showers.hpp makes the showers
/// that `cells_of(generator, facts, uniform)` makes.
template <class Stored, class Cells>
void expect_exported_showers(Stored const& stored, Cells const& cells_of)
{
    torch::NoGradGuard const no_gradient;
    constexpr std::int64_t count = 8;
    auto generator = stored.generator;
    Primary const primary{.energy = torch::linspace(12, 90, count)};
    auto const noise = torch::randn({count, 6});
    auto const width = generator->form().uniform_count();
    auto const uniform = torch::rand({count, width + 2});
    auto const expected = cells_of(generator,
                                   {.energy = generator->head->forward(noise, primary),
                                    .hits = {},
                                    .entry = torch::zeros({count, 2}),
                                    .primary = describe(primary, stored.config.geometry)},
                                   uniform.narrow(1, 0, width))
                              .permute({0, 2, 3, 1})
                              .contiguous() /
                          1000.0;
    auto const tensor = [](torch::Tensor const& values) {
        auto const* const first = values.template data_ptr<float>();
        return graph::Tensor{.shape = values.sizes().vec(),
                             .floats = {first, first + values.numel()}};
    };
    auto const found =
        graph::run_reference(to_graph(stored), {{"latent", tensor(noise)},
                                                {"uniform", tensor(uniform)},
                                                {"energy", tensor(primary.energy.view({-1, 1}))}});
    auto const& cells = found.at("shower").floats;
    auto const made = torch::from_blob(const_cast<float*>(cells.data()), {count, 5, 6, 6}).clone();
    ASSERT_GT(expected.max().template item<double>(), 0.0);
    // Both round differently: a draw that is a rounding from another outcome may fall apart, which
    // takes one shower of many; the others agree to float32's digits.
    auto const difference = (made - expected).abs().amax({1, 2, 3}) / expected.amax({1, 2, 3});
    EXPECT_LE((difference > 1e-4).sum().template item<std::int64_t>(), 1) << difference;
}

}  // namespace lowcal::training
