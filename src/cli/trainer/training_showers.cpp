#include "cli/trainer/training_showers.hpp"

#include "core/error.hpp"
#include "data/derived_detector.hpp"
#include "data/reading/shower_reader.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace lowcal::cli {
namespace {

using training::LearntCondition;
using training::ShowerGeometry;

/// One file's showers, its conditions as they are.
struct FileShowers {
    Detector detector;
    training::ShowerSet showers{};
    /// Of each of core's conditions but the entry point: [N], or undefined.
    std::map<std::string, torch::Tensor> conditions{};
};

torch::Tensor to_tensor(std::vector<float> const& values, std::vector<std::int64_t> const& shape)
{
    return torch::from_blob(const_cast<float*>(values.data()), shape).clone();
}

/// Appends a block's showers; a condition that a block lacks is dropped.
void append(FileShowers& file, data::ShowerBlock& block)
{
    auto const count = static_cast<std::int64_t>(block.count());
    std::vector<std::int64_t> shape{count};
    for (auto const& axis : file.detector.axes)
        shape.push_back(static_cast<std::int64_t>(axis.cells));
    auto const cells = torch::from_blob(block.cells.data(), shape);
    auto& set = file.showers;
    auto const add = [](torch::Tensor& all, torch::Tensor const& more) {
        all = all.defined() ? torch::cat({all, more}) : more;
    };
    add(set.cells, (cells * training::image_scale).to(torch::kHalf));
    add(set.energy, to_tensor(block.primary_energy, {count}));
    if (!block.entry_point.empty()) add(set.entry, to_tensor(block.entry_point, {count, 2}));
    for (auto const& info : condition_infos) {
        auto const& values = data::condition_of(block, info);
        if (info.width == 1 && !values.empty())
            add(file.conditions[std::string(info.name)], to_tensor(values, {count}));
    }
}

data::ShowerReader::Config reading(TrainingShowersConfig const& config)
{
    return {.bad_showers = config.skip_bad ? data::BadShowers::skip : data::BadShowers::error,
            .negative_cells = config.negative_cells,
            .detector = config.detector};
}

FileShowers read_file(std::filesystem::path const& path, TrainingShowersConfig const& config)
{
    data::ShowerReader reader(path, reading(config));
    FileShowers file{.detector = reader.detector()};
    require_one_grid(file.detector, "cannot train on " + path.string());
    auto const step = data::showers_per_block(file.detector);
    for (std::size_t first = 0; first < reader.count(); first += step) {
        auto block = reader.read(first, step);
        append(file, block);
    }
    return file;
}

/// Values of a condition over all files; undefined where one does not say it.
torch::Tensor values_of(std::vector<FileShowers> const& files, std::string const& name)
{
    std::vector<torch::Tensor> parts;
    for (auto const& file : files) {
        auto const found = file.conditions.find(name);
        if (found == file.conditions.end()) return {};
        parts.push_back(found->second);
    }
    return torch::cat(parts);
}

/// A condition that varies, scaled to order one; none that is the same everywhere, or unknown.
std::optional<LearntCondition> learnt(std::string const& name, torch::Tensor const& values)
{
    if (!values.defined()) return std::nullopt;
    auto const low = values.min().item<double>();
    auto const high = values.max().item<double>();
    if (low == high) return std::nullopt;
    if (name != "pdg")
        return LearntCondition{name, values.mean().item<double>(), values.std().item<double>(), low,
                               high};
    // Codes are names: a network can be told which of two it is.
    bool const two = ((values == low) | (values == high)).all().item<bool>();
    if (!two)
        throw InputError("the showers are of more than two kinds of particles",
                         "PDG codes from " + std::to_string(static_cast<int>(low)) + " to " +
                             std::to_string(static_cast<int>(high)),
                         "train a network for each, or for two");
    return LearntCondition{name, 0.5 * (low + high), 0.5 * (high - low), low, high};
}

/// The nearest of 1, 2, 5, 10, ...
double round_unit(double value)
{
    double const decade = std::pow(10.0, std::floor(std::log10(value)));
    double best = decade;
    for (double const step : {2.0, 5.0, 10.0})
        if (std::abs(std::log(value / (step * decade))) < std::abs(std::log(value / best)))
            best = step * decade;
    return best;
}

double median_hit(torch::Tensor const& cells)
{
    auto const some = cells.slice(0, 0, 200).to(torch::kFloat32);
    auto const hits = some.masked_select(some > 0);
    return hits.numel() == 0 ? 1.0 : hits.median().item<double>() / training::image_scale;
}

/// What the constants of our networks were found for (docs/notebook/lean.md).
constexpr double usual_energy = 31.6;        ///< GeV, middle of the range in log E
constexpr double usual_hit = 0.48e-3;        ///< GeV, median
constexpr double layer_offset = 4e-5;        ///< GeV: a layer without energy has a logarithm
constexpr std::int64_t layer_showers = 512;  ///< that say which layers are bright

ShowerGeometry make_geometry(Detector const& detector, std::vector<FileShowers> const& files)
{
    ShowerGeometry geometry{.detector = detector};
    for (auto const& info : condition_infos) {
        std::string const name(info.name);
        auto const values = values_of(files, name);
        if (auto const condition = learnt(name, values))
            geometry.conditions.push_back(*condition);
        else if (name == "pdg" && values.defined())
            geometry.pdg = static_cast<int>(values[0].item<float>());
    }
    auto const& range = detector.primary_energies;
    geometry.energy_unit = round_unit(std::sqrt(range.low * range.high) / usual_energy);
    auto const& cells = files.front().showers.cells;
    geometry.cell_unit = round_unit(median_hit(cells) / usual_hit);
    auto const order = geometry.to_images();
    auto const layers =
        cells.slice(0, 0, layer_showers).to(torch::kFloat32).permute(order).sum({2, 3}) /
        training::image_scale;
    geometry.unit_layer = torch::log(layers + layer_offset * geometry.cell_unit)
                              .mean(0)
                              .argmax()
                              .item<std::int64_t>();
    geometry.certain_layer = (layers > 0).to(torch::kFloat32).mean(0).argmax().item<std::int64_t>();
    return geometry;
}

/// From mm to half cells: primaries enter all over the central cell, so that the farthest point is
/// its edge.
void scale_entry_points(training::ShowerSet& set)
{
    if (set.entry.defined()) set.entry = set.entry / (1.0005 * set.entry.abs().max());
}

training::ShowerSet slice(training::ShowerSet const& set, std::int64_t first, std::int64_t last)
{
    auto part = set;
    for (auto* const tensor : {&part.cells, &part.energy, &part.entry, &part.conditions})
        if (tensor->defined()) *tensor = tensor->slice(0, first, last);
    return part;
}

training::ShowerSet join(std::vector<training::ShowerSet> const& parts)
{
    auto joint = parts.front();
    auto const all = [&](torch::Tensor training::ShowerSet::*member) {
        std::vector<torch::Tensor> tensors;
        for (auto const& part : parts)
            if ((part.*member).defined()) tensors.push_back(part.*member);
        joint.*member = tensors.size() == parts.size() ? torch::cat(tensors) : torch::Tensor();
    };
    for (auto const member : {&training::ShowerSet::cells, &training::ShowerSet::energy,
                              &training::ShowerSet::entry, &training::ShowerSet::conditions})
        all(member);
    return joint;
}

/// The conditions of a file's showers as the geometry scales them.
torch::Tensor scaled_conditions(FileShowers const& file, std::filesystem::path const& path,
                                ShowerGeometry const& geometry)
{
    std::vector<torch::Tensor> columns;
    for (auto const& condition : geometry.conditions) {
        auto const found = file.conditions.find(condition.name);
        if (found == file.conditions.end())
            throw InputError(path.string() + " does not say the showers' " + condition.name,
                             "the network was trained with it");
        columns.push_back((found->second - condition.mean) / condition.spread);
    }
    return columns.empty() ? torch::Tensor() : torch::stack(columns, 1);
}

std::vector<FileShowers> read_files(std::vector<std::filesystem::path> const& paths,
                                    TrainingShowersConfig const& config)
{
    std::vector<FileShowers> files;
    for (auto const& path : paths) {
        files.push_back(read_file(path, config));
        auto const& wanted = config.geometry ? config.geometry->detector : files[0].detector;
        if (auto const difference = cells_difference(files.back().detector, wanted);
            !difference.empty())
            throw InputError("cannot train on " + path.string(),
                             "it is of another detector than " +
                                 (config.geometry ? "the network" : paths[0].string()) + ": " +
                                 difference);
    }
    return files;
}

/// The range of all files' energies.
EnergyBin range_of(std::vector<FileShowers> const& files)
{
    std::vector<float> energies;
    for (auto const& file : files) {
        auto const& own = file.showers.energy;
        energies.insert(energies.end(), own.data_ptr<float>(), own.data_ptr<float>() + own.numel());
    }
    return data::energy_range(energies);
}

/// Whether showers of energies up to both ends of a range, nearly, were seen.
bool fills(EnergyBin const& seen, EnergyBin const& range)
{
    constexpr double nearly = 1.25;
    return seen.low <= nearly * range.low && seen.high * nearly >= range.high;
}

/// What a network of these showers is made for: cells as the files say, energies that were seen. A
/// network that named others would be asked for them without a word.
data::DerivedDetector detector_of(data::ShowerReader& any, std::vector<FileShowers> const& files)
{
    auto detector = any.detector();
    auto const seen = range_of(files);
    if (detector.primary_energies.empty() || !fills(seen, detector.primary_energies)) {
        detector.primary_energies = seen;
        detector.energy_edges.clear();
        detector.low_energies = {};
    }
    return data::complete_detector(any, detector);
}

}  // namespace

TrainingShowers read_training_showers(std::vector<std::filesystem::path> const& paths,
                                      TrainingShowersConfig const& config)
{
    auto files = read_files(paths, config);
    TrainingShowers result;
    auto geometry = config.geometry;
    if (!geometry) {
        data::ShowerReader probe(paths[0], reading(config));
        auto const derived = detector_of(probe, files);
        result.remark = derived.remark;
        geometry = make_geometry(derived.detector, files);
    }
    std::vector<training::ShowerSet> training, held_out;
    auto const share =
        std::max<std::int64_t>(config.held_out / static_cast<std::int64_t>(paths.size()),
                               std::min<std::int64_t>(config.held_out, 1));
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto& set = files[i].showers;
        set.geometry = *geometry;
        set.conditions = scaled_conditions(files[i], paths[i], *geometry);
        if (share < 1 || share >= set.count())
            throw InputError(
                fmt::format("cannot hold out {} showers", config.held_out),
                fmt::format("{} has {} and would give {}", paths[i].string(), set.count(), share),
                "choose a smaller --held-out, or one above 0");
        auto const kept = set.count() - share;
        training.push_back(slice(set, 0, kept));
        held_out.push_back(slice(set, kept, set.count()));
    }
    result.training = join(training);
    result.held_out = join(held_out);
    scale_entry_points(result.training);
    return result;
}

}  // namespace lowcal::cli
