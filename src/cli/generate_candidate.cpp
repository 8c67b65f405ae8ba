#include "cli/generate_candidate.hpp"

#include "core/error.hpp"
#include "runtime/shower_generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace lowcal::cli {
namespace {

constexpr std::size_t showers_per_step = 256;  // 16 MB of cells

/// What a reader does with the showers of a file, so that both ways give the same figures.
void clean(data::ShowerBlock& block, std::string const& network, std::size_t first)
{
    for (std::size_t i = 0; i < block.cells.size(); ++i) {
        float& cell = block.cells[i];
        if (!std::isfinite(cell) || cell < 0.0F)
            throw InputError(fmt::format("{}: shower {} has a cell of {} GeV", network,
                                         first + i / Window::cells, cell),
                             "cells must be finite and not negative",
                             "use a network whose output ends in a ReLU");
        if (cell < smallest_cell_energy) cell = 0.0F;
    }
}

}  // namespace

void generate_sample(runtime::ShowerGenerator const& generator, GeneratedSample const& sample,
                     std::span<float const> energies,
                     std::function<void(data::ShowerBlock const&)> const& take)
{
    data::ShowerBlock block;
    for (std::size_t first = 0; first < energies.size(); first += showers_per_step) {
        auto const some =
            energies.subspan(first, std::min(showers_per_step, energies.size() - first));
        block.primary_energy.assign(some.begin(), some.end());
        block.cells.resize(some.size() * Window::cells);
        generator.generate({.seed = sample.seed, .first = first, .energies = some}, block.cells);
        clean(block, sample.name, first);
        take(block);
    }
}

void generate_candidate(CandidateModel const& model, std::span<float const> energies,
                        std::function<void(data::ShowerBlock const&)> const& take)
{
    runtime::ShowerGenerator const generator(model.onnx, {.threads = model.threads});
    generate_sample(generator, {.name = model.onnx.string(), .seed = model.seed}, energies, take);
}

}  // namespace lowcal::cli
