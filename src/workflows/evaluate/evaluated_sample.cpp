#include "workflows/evaluate/evaluated_sample.hpp"

#include "core/progress.hpp"
#include "data/derived_detector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::workflows {
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
        data::append_without_cells(sample_.inputs, block);
        auto const size = block.cells_per_shower();
        sums_.resize(std::max(sums_.size(), size));
        for (std::size_t first = 0; first < block.cells.size(); first += size)
            for (std::size_t i = 0; i < size; ++i)
                sums_[i] += static_cast<double>(block.cells[first + i]);
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
    std::vector<double> sums_;  ///< of each cell
};

void append_shower(data::ShowerBlock& chosen, data::ShowerBlock const& block, std::size_t i)
{
    auto const cells = block.shower(i);
    chosen.cells.insert(chosen.cells.end(), cells.begin(), cells.end());
    data::append_without_cells(chosen, data::without_cells(block, i, 1));
}

/// Of a block whose first shower is number `first` of those that were read, bad ones not counted,
/// the showers that are wanted.
data::ShowerBlock wanted(data::ShowerBlock block, std::size_t first, SampleFile const& file)
{
    if (file.first == 0 && file.every == 1) return block;
    data::ShowerBlock chosen;
    for (std::size_t i = 0; i < block.count(); ++i) {
        auto const number = first + i;
        if (number < file.first || (number - file.first) % file.every != 0) continue;
        append_shower(chosen, block, i);
    }
    return chosen;
}

using Take = std::function<void(data::ShowerBlock const&, std::size_t done)>;

/// Hands on the wanted showers of a file, block by block; `done` is how far it was read.
void stream(data::ShowerReader& reader, SampleFile const& file, Take const& take)
{
    auto const step = data::showers_per_block(reader.detector());
    std::size_t seen = 0;
    for (std::size_t first = 0; first < reader.count(); first += step) {
        auto read = reader.read(first, step);
        auto const count = read.count();
        take(wanted(std::move(read), seen, file), std::min(first + step, reader.count()));
        seen += count;
    }
}

/// The same of every so many showers, without reading those between them.
void stream_thinned(data::ShowerReader& reader, std::size_t every, Take const& take)
{
    auto const step = data::showers_per_block(reader.detector());
    for (std::size_t next = 0; next < reader.count();) {
        data::ShowerBlock chosen;
        for (std::size_t i = 0; i < step && next < reader.count(); ++i, next += every)
            if (auto const block = reader.read(next, 1); block.count() > 0)
                append_shower(chosen, block, 0);
        take(chosen, std::min(next, reader.count()));
    }
}

data::DerivedDetector detector_of(SampleFile const& file, data::ShowerReader& reader)
{
    auto const& given = file.detector;
    if (given && given->is_complete() && same_cells(*given, reader.detector())) return {*given, {}};
    return data::complete_detector(reader);
}

}  // namespace

EvaluatedSample observe_file(SampleFile const& file, float example_energy, AlsoObserve const& also)
{
    data::ShowerReader::Config const config{.bad_showers = file.bad_showers,
                                            .negative_cells = file.negative_cells,
                                            .detector = file.detector};
    data::ShowerReader reader(file.path, config);
    auto const own = detector_of(file, reader);
    EvaluatedSample sample(own.detector);
    if (!own.remark.empty()) sample.warnings.push_back(own.remark);
    Observer observe(sample, example_energy);
    Progress progress({.label = file.path.filename().string(), .total = reader.count()});
    auto const take = [&](data::ShowerBlock const& block, std::size_t done) {
        if (block.count() > 0) observe(block);
        if (also && block.count() > 0) also(sample, block);
        progress.update(done);
    };
    if (file.most > 0 && reader.count() > file.most)
        stream_thinned(reader, (reader.count() + file.most - 1) / file.most, take);
    else
        stream(reader, file, take);
    progress.finish();
    observe.finish();
    auto const warnings = reader.report().warnings();
    sample.warnings.insert(sample.warnings.end(), warnings.begin(), warnings.end());
    return sample;
}

EvaluatedSample observe_model(CandidateModel const& model, data::ShowerBlock const& inputs,
                              float example_energy, AlsoObserve const& also)
{
    EvaluatedSample sample(model.detector);
    Observer observe(sample, example_energy);
    auto const& first = model.files.front().filename().string();
    Progress progress({.label = model.files.size() == 1
                                    ? first
                                    : fmt::format("{} and {} more", first, model.files.size() - 1),
                       .total = inputs.count()});
    generate_candidate(model, inputs, [&](data::ShowerBlock const& block) {
        observe(block);
        if (also) also(sample, block);
        progress.update(sample.observables.count());
    });
    progress.finish();
    observe.finish();
    return sample;
}

}  // namespace lowcal::workflows
