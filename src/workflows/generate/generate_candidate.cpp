#include "workflows/generate/generate_candidate.hpp"

#include "core/error.hpp"
#include "data/reading/cell_check.hpp"
#include "data/reading/shower_reader.hpp"
#include "runtime/shower_generator.hpp"
#include "workflows/generate/shower_inputs.hpp"

#include <algorithm>
#include <string>

namespace lowcal::workflows {
void generate_sample(runtime::ShowerGenerator const& generator, GeneratedSample const& sample,
                     data::ShowerBlock const& inputs,
                     std::function<void(data::ShowerBlock const&)> const& take)
{
    auto const& detector = generator.detector();
    auto const step = data::showers_per_block(detector);
    std::vector<float> cells;  // one block's memory serves all
    for (std::size_t first = 0; first < inputs.count(); first += step) {
        auto const count = std::min(step, inputs.count() - first);
        auto block = data::without_cells(inputs, first, count);
        block.cells = std::move(cells);
        block.cells.resize(count * detector.cells());
        try {
            generator.generate({.seed = sample.seed,
                                .first = first,
                                .energies = block.primary_energy,
                                .conditions = needed_conditions(block, generator)},
                               block.cells);
        } catch (InputError const& error) {
            throw InputError(sample.name + ": " + error.what());
        }
        // As in a file, so that both ways give the same figures.
        data::zero_quiet_cells(block.cells, static_cast<float>(detector.smallest_cell));
        take(block);
        cells = std::move(block.cells);
    }
}

void generate_candidate(CandidateModel const& model, data::ShowerBlock const& inputs,
                        std::function<void(data::ShowerBlock const&)> const& take)
{
    runtime::ShowerGenerator const generator(
        model.onnx, {.threads = model.threads, .detector = model.detector, .ports = model.ports});
    generate_sample(generator, {.name = model.onnx.string(), .seed = model.seed}, inputs, take);
}

}  // namespace lowcal::workflows
