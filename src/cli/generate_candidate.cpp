#include "cli/generate_candidate.hpp"

#include "core/error.hpp"
#include "data/cell_check.hpp"
#include "runtime/shower_generator.hpp"

#include <algorithm>
#include <string>

namespace lowcal::cli {
namespace {

constexpr std::size_t showers_per_step = 256;  // 16 MB of cells

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
        try {
            generator.generate({.seed = sample.seed, .first = first, .energies = some},
                               block.cells);
        } catch (InputError const& error) {
            throw InputError(sample.name + ": " + error.what());
        }
        data::zero_quiet_cells(
            block.cells);  // as in a file, so that both ways give the same figures
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
