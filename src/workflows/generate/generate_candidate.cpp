#include "workflows/generate/generate_candidate.hpp"

#include "data/reading/cell_check.hpp"
#include "data/reading/shower_reader.hpp"
#include "workflows/generate/shower_inputs.hpp"

#include <algorithm>
#include <string>

namespace lowcal::workflows {
std::size_t showers_at_once(runtime::ShowerEnsemble const& networks)
{
    return data::showers_per_block(networks.detector()) * networks.members().size();
}

void generate_sample(runtime::ShowerEnsemble const& networks, std::uint64_t seed,
                     data::ShowerBlock const& inputs,
                     std::function<void(data::ShowerBlock const&)> const& take)
{
    auto const& detector = networks.detector();
    auto const step = showers_at_once(networks);
    std::vector<float> cells;  // one block's memory serves all
    for (std::size_t first = 0; first < inputs.count(); first += step) {
        auto const count = std::min(step, inputs.count() - first);
        auto block = data::without_cells(inputs, first, count);
        block.cells = std::move(cells);
        block.cells.resize(count * detector.cells());
        networks.generate({.seed = seed,
                           .first = first,
                           .energies = block.primary_energy,
                           .conditions = needed_conditions(block, networks.needed_conditions())},
                          block.cells);
        // As in a file, so that both ways give the same figures.
        data::zero_quiet_cells(block.cells, static_cast<float>(detector.smallest_cell));
        take(block);
        cells = std::move(block.cells);
    }
}

void generate_candidate(CandidateModel const& model, data::ShowerBlock const& inputs,
                        std::function<void(data::ShowerBlock const&)> const& take)
{
    runtime::ShowerEnsemble const networks(model.files, {.weights = model.weights,
                                                         .generator = {.threads = model.threads,
                                                                       .detector = model.detector,
                                                                       .ports = model.ports}});
    generate_sample(networks, model.seed, inputs, take);
}

}  // namespace lowcal::workflows
