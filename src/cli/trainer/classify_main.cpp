#include "cli/trainer/classify_main.hpp"

#include "cli/options/number_option.hpp"
#include "cli/options/program.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "data/reading/shower_reader.hpp"
#include "training/classifier.hpp"
#include "training/lean/depth_roughness.hpp"
#include "workflows/candidate.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <cstring>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

constexpr float smearing = 0.05F;
constexpr double cell_power = 0.3;  // makes six decades of cell energy two

constexpr double half_weight_cell = 200.0;  // MeV; fainter ones fluctuate too much to say much
constexpr double greatest_roughness = 9.0;  // a single outlier must not decide
constexpr double mev_per_gev = 1000.0;

struct Options {
    std::filesystem::path reference;
    std::vector<std::string> candidates;
    std::size_t most_showers = 5000;
    int threads = 0;
    bool zero_negative_cells = false;
    training::ClassifierConfig classifier{};
};

struct Sample {
    Detector detector;
    data::ShowerBlock block;
};

/// `like`: the reference, of whose detector a candidate's file must be.
Sample read_some(std::filesystem::path const& path, std::size_t most,
                 data::NegativeCells negative_cells, Sample const* like = nullptr)
{
    data::ShowerReader::Config config{.bad_showers = data::BadShowers::skip,
                                      .negative_cells = negative_cells};
    if (like != nullptr) config.detector = like->detector;
    data::ShowerReader reader(path, config);
    require_one_grid(reader.detector(), "cannot classify showers of " + path.string());
    if (like == nullptr) return {reader.detector(), reader.read(0, most)};
    auto const difference = cells_difference(reader.detector(), like->detector);
    if (!difference.empty())
        throw InputError(path.string() + " is of another detector than the reference", difference);
    return {like->detector, reader.read(0, most)};
}

/// [N, depth, the two other axes], GeV.
torch::Tensor cells_of(data::ShowerBlock const& block, Detector const& detector)
{
    std::vector<std::int64_t> shape{static_cast<std::int64_t>(block.count())};
    for (auto const& axis : detector.axes) shape.push_back(static_cast<std::int64_t>(axis.cells));
    auto const [rows, columns] = detector.transverse();
    auto const place = [](std::size_t axis) { return static_cast<std::int64_t>(axis) + 1; };
    return torch::from_blob(const_cast<float*>(block.cells.data()), shape)
        .permute({0, place(detector.depth), place(rows), place(columns)});
}

/// By how much a cell fluctuates about its neighbours in depth: 0 on average for real showers,
/// [N, z - 2, x, y]. Networks of this size do not find it themselves.
torch::Tensor roughness_of(torch::Tensor const& cells)
{
    return training::weighted_squares(training::depth_roughness(cells * mev_per_gev),
                                      half_weight_cell, greatest_roughness);
}

/// A sample as the classifier sees it, [N, z + 1 + z - 2, x, y]: (cell / E)^0.3, log E, roughness.
torch::Tensor images_of(Sample const& sample)
{
    auto const& block = sample.block;
    auto const cells = cells_of(block, sample.detector);
    auto const count = cells.size(0);
    auto const energy =
        torch::from_blob(const_cast<float*>(block.primary_energy.data()), {count, 1, 1, 1});
    auto const scaled = (cells / energy).pow(cell_power);
    auto const known = (energy.log() - 5).expand({count, 1, cells.size(2), cells.size(3)});
    return torch::cat({scaled, known, roughness_of(cells)}, 1).contiguous();
}

void smear(data::ShowerBlock& block, std::uint64_t seed)
{
    auto const size = block.cells_per_shower();
    std::vector<float> normal(size);
    for (std::size_t i = 0; i < block.count(); ++i) {
        ItemRandom({.seed = seed, .stream = RandomStream::permutation}, i).normal(normal);
        for (std::size_t j = 0; j < size; ++j)
            block.cells[i * size + j] *= std::max(0.0F, 1.0F + smearing * normal[j]);
    }
}

std::string figures(torch::Tensor const& reference, torch::Tensor const& candidate,
                    training::ClassifierConfig config, std::string const& name)
{
    config.report = [&](std::string const& line) {
        fmt::print(stderr, "classifier, {}: {}\n", name, line);
    };
    auto const found = classify_cells({reference, candidate}, config);
    auto const key =
        nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return fmt::format("{}: {{\"area\": {:.6f}, \"error\": {:.6f}}}", key, found.area, found.error);
}

/// Real showers whose cells are each off by 5 %: what a classifier that learned anything finds.
std::string control(Options const& options, Sample const& all)
{
    auto const half = all.block.count() / 2;
    Sample first{all.detector, {}}, second{all.detector, {}};
    for (std::size_t i = 0; i < 2 * half; ++i) {
        auto& block = i % 2 == 0 ? first.block : second.block;
        auto const cells = all.block.shower(i);
        block.cells.insert(block.cells.end(), cells.begin(), cells.end());
        block.primary_energy.push_back(all.block.primary_energy[i]);
    }
    smear(second.block, options.classifier.seed);
    return figures(images_of(first), images_of(second), options.classifier, "smeared");
}

void classify(Options const& options)
{
    if (options.threads > 0) at::set_num_threads(options.threads);
    auto const negative =
        options.zero_negative_cells ? data::NegativeCells::zero : data::NegativeCells::error;
    // Twice the showers: the control needs two classes of real ones.
    auto const all = read_some(options.reference, 2 * options.most_showers, negative);
    if (all.block.count() < 100)
        throw InputError(options.reference.string() + ": too few showers for a classifier",
                         "100 at least");
    auto text = "{" + control(options, all);
    auto const reference = images_of(read_some(options.reference, options.most_showers, negative));
    for (auto const& candidate : workflows::parse_candidates(options.candidates)) {
        auto const sample =
            images_of(read_some(candidate.files.front(), options.most_showers, negative, &all));
        text += ", " + figures(reference, sample, options.classifier, candidate.name);
    }
    fmt::print("{}}}\n", text);
}

}  // namespace

int classify_main(int argc, char** argv)
{
    CLI::App app("Trains a classifier on cells to tell candidates from reference showers.",
                 "lowcal-train classify");
    Options options;
    app.add_option("--reference", options.reference)->required();
    app.add_option("--candidate", options.candidates, "NAME=FILE.h5")
        ->check(workflows::problem_with_candidate, "NAME=FILE");
    add_number(app, "--showers", options.most_showers, "Of each class at most",
               {.least = 1, .most = 1000000})
        ->capture_default_str();
    app.add_flag("--zero-negative-cells", options.zero_negative_cells,
                 "Set cells below zero to zero; showers that have some are dropped else");
    add_threads(app, options.threads, "0: all");
    add_number(app, "--seed", options.classifier.seed, "Of weights, order and the control")
        ->capture_default_str();
    return run_program(app, [&] {
        parse(app, argc, argv);
        classify(options);
    });
}

}  // namespace lowcal::cli
