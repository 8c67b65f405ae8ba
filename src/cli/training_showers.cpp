#include "cli/training_showers.hpp"

#include "core/error.hpp"
#include "core/known_detectors.hpp"
#include "data/shower_reader.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>

namespace lowcal::cli {
namespace {

training::ShowerSet to_tensors(data::ShowerBlock const& block, Detector const& detector)
{
    auto const count = static_cast<std::int64_t>(block.count());
    std::vector<std::int64_t> shape{count};
    for (auto const& axis : detector.axes) shape.push_back(static_cast<std::int64_t>(axis.cells));
    auto const cells = torch::from_blob(const_cast<float*>(block.cells.data()), shape);
    auto const energy = torch::from_blob(const_cast<float*>(block.primary_energy.data()), {count});
    training::ShowerSet set{.cells = (cells * training::image_scale).to(torch::kHalf),
                            .energy = energy.clone()};
    if (!block.entry_point.empty())
        set.entry =
            torch::from_blob(const_cast<float*>(block.entry_point.data()), {count, 2}).clone();
    return set;
}

training::ShowerSet join(std::vector<training::ShowerSet> const& parts)
{
    std::vector<torch::Tensor> cells, energy, entry;
    for (auto const& part : parts) {
        cells.push_back(part.cells);
        energy.push_back(part.energy);
        if (part.entry.defined()) entry.push_back(part.entry);
    }
    training::ShowerSet set{.cells = torch::cat(cells), .energy = torch::cat(energy)};
    if (entry.size() == parts.size()) set.entry = torch::cat(entry);  // all files say, or none
    return set;
}

/// From mm to half cells: primaries enter all over the central cell, so that the farthest point is
/// its edge.
void scale_entry_points(training::ShowerSet& set)
{
    if (set.entry.defined()) set.entry = set.entry / (1.0005 * set.entry.abs().max());
}

training::ShowerSet read_file(std::filesystem::path const& file, bool skip_bad)
{
    data::ShowerReader reader(
        file, {.bad_showers = skip_bad ? data::BadShowers::skip : data::BadShowers::error});
    auto const& detector = reader.detector();
    if (auto const difference = cells_difference(detector, clic_detector()); !difference.empty())
        throw InputError("cannot train on " + file.string(),
                         fmt::format("the networks are made for {}: {}",
                                     cells_text(clic_detector()), difference));
    std::vector<training::ShowerSet> parts;
    auto const step = data::showers_per_block(detector);
    for (std::size_t first = 0; first < reader.count(); first += step)
        parts.push_back(to_tensors(reader.read(first, step), detector));
    return join(parts);
}

training::ShowerSet slice(training::ShowerSet const& set, std::int64_t first, std::int64_t last)
{
    training::ShowerSet part{.cells = set.cells.slice(0, first, last),
                             .energy = set.energy.slice(0, first, last)};
    if (set.entry.defined()) part.entry = set.entry.slice(0, first, last);
    return part;
}

}  // namespace

TrainingShowers read_training_showers(std::vector<std::filesystem::path> const& files,
                                      TrainingShowersConfig config)
{
    std::vector<training::ShowerSet> training, held_out;
    auto const share =
        std::max<std::int64_t>(config.held_out / static_cast<std::int64_t>(files.size()),
                               std::min<std::int64_t>(config.held_out, 1));
    for (auto const& file : files) {
        auto const all = read_file(file, config.skip_bad);
        if (share < 1 || share >= all.count())
            throw InputError(
                fmt::format("cannot hold out {} showers", config.held_out),
                fmt::format("{} has {} and would give {}", file.string(), all.count(), share),
                "choose a smaller --held-out, or one above 0");
        auto const kept = all.count() - share;
        training.push_back(slice(all, 0, kept));
        held_out.push_back(slice(all, kept, all.count()));
    }
    TrainingShowers showers{.training = join(training), .held_out = join(held_out)};
    scale_entry_points(showers.training);
    return showers;
}

}  // namespace lowcal::cli
