#include "cli/evaluated_sample.hpp"

#include "core/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lowcal::cli {
namespace {

/// Observes blocks and keeps the one shower that is nearest to an energy (the first of equals).
class Observer {
public:
    Observer(EvaluatedSample& sample, float example_energy)
        : sample_(sample), example_energy_(example_energy)
    {
    }

    void operator()(data::ShowerBlock const& block)
    {
        sample_.observables.add(block);
        for (std::size_t i = 0; i < block.cells.size(); ++i)
            sums_[i % Window::cells] += static_cast<double>(block.cells[i]);
        for (std::size_t i = 0; i < block.count(); ++i)
            if (sample_.example.count() == 0 ||
                distance(block.primary_energy[i]) < distance(sample_.example.primary_energy[0]))
                keep(block, i);
    }

    /// Call once, when all blocks were observed.
    void finish()
    {
        auto const energies = sample_.observables.primary_energy();
        if (energies.empty()) return;
        auto const count = static_cast<double>(energies.size());
        double energy = 0;
        for (float const one : energies) energy += static_cast<double>(one) / count;
        sample_.mean.primary_energy.assign(1, static_cast<float>(energy));
        for (double const sum : sums_)
            sample_.mean.cells.push_back(static_cast<float>(sum / count));
    }

private:
    float distance(float energy) const { return std::abs(energy - example_energy_); }

    void keep(data::ShowerBlock const& block, std::size_t index)
    {
        auto const cells = block.shower(index);
        sample_.example.cells.assign(cells.begin(), cells.end());
        sample_.example.primary_energy.assign(1, block.primary_energy[index]);
    }

    EvaluatedSample& sample_;
    float example_energy_;
    std::vector<double> sums_ = std::vector<double>(Window::cells);
};

/// Of a block whose first shower is number `first` of the file, the showers that are wanted.
data::ShowerBlock wanted(data::ShowerBlock block, std::size_t first, SampleFile const& file)
{
    if (file.first == 0 && file.every == 1) return block;
    data::ShowerBlock chosen;
    for (std::size_t i = 0; i < block.count(); ++i) {
        auto const number = first + i;
        if (number < file.first || (number - file.first) % file.every != 0) continue;
        auto const cells = block.shower(i);
        chosen.cells.insert(chosen.cells.end(), cells.begin(), cells.end());
        chosen.primary_energy.push_back(block.primary_energy[i]);
    }
    return chosen;
}

}  // namespace

EvaluatedSample observe_file(SampleFile const& file, float example_energy)
{
    data::ShowerReader reader(file.path, {.bad_showers = file.bad_showers});
    EvaluatedSample sample;
    Observer observe(sample, example_energy);
    Progress progress({.label = file.path.filename().string(), .total = reader.count()}, stderr);
    for (std::size_t first = 0; first < reader.count(); first += data::showers_per_block) {
        observe(wanted(reader.read(first, data::showers_per_block), first, file));
        progress.update(std::min(first + data::showers_per_block, reader.count()));
    }
    progress.finish();
    observe.finish();
    sample.warnings = reader.report().warnings();
    return sample;
}

EvaluatedSample observe_model(CandidateModel const& model, std::span<float const> energies,
                              float example_energy)
{
    EvaluatedSample sample;
    Observer observe(sample, example_energy);
    Progress progress({.label = model.onnx.filename().string(), .total = energies.size()}, stderr);
    generate_candidate(model, energies, [&](data::ShowerBlock const& block) {
        observe(block);
        progress.update(sample.observables.count());
    });
    progress.finish();
    observe.finish();
    return sample;
}

}  // namespace lowcal::cli
