#include "cli/answers/info_showers.hpp"

#include "core/detector/detector_json.hpp"
#include "core/printable.hpp"
#include "core/progress.hpp"
#include "data/derived_detector.hpp"
#include "data/summary.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace lowcal::cli {
namespace {

using Attributes = std::map<std::string, std::string>;

void print_bin(std::string const& name, data::BinSummary const& bin)
{
    if (bin.count == 0) {
        fmt::print("{:>14} {:>9}\n", name, 0);
        return;
    }
    fmt::print("{:>14} {:>9} {:>11.3f} {:>11.3f} {:>10.0f}\n", name, bin.count,
               100 * bin.mean_sampling_fraction, 100 * bin.rms_sampling_fraction, bin.mean_hits);
}

std::string range_text(data::BinSummary const& bin)
{
    return fmt::format("{:.4g}-{:.4g}", bin.bin.low, bin.bin.high);
}

void print_table(data::ShowerSummary const& summary, Attributes const& attributes,
                 Detector const& detector)
{
    auto const& report = summary.report;
    fmt::print("file             {}\n", printable(report.file));
    fmt::print("layout           {}\n", data::layout_name(report.layout));
    fmt::print("cells            {}: {}, depth {}\n",
               printable(detector.name.empty() ? "no name" : detector.name),
               printable(cells_text(detector)), printable(detector.axes[detector.depth].name));
    fmt::print("showers          {}\n", summary.showers_in_file);
    if (report.skipped_showers > 0) fmt::print("bad, dropped     {}\n", report.skipped_showers);
    fmt::print("primary energy   {:.4g} to {:.4g} GeV, mean {:.4g} GeV\n", summary.lowest_energy,
               summary.highest_energy, summary.mean_energy);
    fmt::print("largest cell     {:.4g} GeV\n", summary.largest_cell);
    if (detector.smallest_cell > 0)
        fmt::print("cells under {:.3g} GeV, set to zero: {}\n", detector.smallest_cell,
                   report.zeroed_cells);
    if (summary.mean_monte_carlo_seconds > 0)
        fmt::print("Monte Carlo      {:.4g} CPU s a shower\n", summary.mean_monte_carlo_seconds);
    for (auto const& [name, value] : attributes)
        if (name != detector_key) fmt::print("{:<16} {}\n", printable(name), printable(value));
    fmt::print("\n{:>14} {:>9} {:>23} {:>10}\n{:>14} {:>9} {:>11} {:>11} {:>10}\n", "energy",
               "showers", "sampling fraction (%)", "cells hit", "GeV", "", "mean", "rms", "mean");
    for (auto const& bin : summary.bins) print_bin(range_text(bin), bin);
    print_bin("all", summary.all);
    if (!detector.low_energies.empty())
        print_bin(range_text(summary.low_energy), summary.low_energy);
    auto const suspicion = report.unit_suspicion();
    fmt::print("\nunits            {}\n", suspicion.empty() ? "plausible" : suspicion);
}

nlohmann::json bin_json(data::BinSummary const& bin)
{
    // The last bin ends a bit behind its edge.
    auto const edge = [](double energy) { return std::stod(fmt::format("{:.12g}", energy)); };
    return {{"low", edge(bin.bin.low)},
            {"high", edge(bin.bin.high)},
            {"count", bin.count},
            {"mean", bin.mean_sampling_fraction},
            {"rms", bin.rms_sampling_fraction},
            {"mean_hits", bin.mean_hits}};
}

nlohmann::json summary_json(data::ShowerSummary const& summary, Attributes const& attributes,
                            Detector const& detector)
{
    auto const& report = summary.report;
    auto bins = nlohmann::json::array();
    for (auto const& bin : summary.bins) bins.push_back(bin_json(bin));
    auto all = bin_json(summary.all);
    all.erase("low");
    all.erase("high");
    return {{"file", report.file},
            {"layout", data::layout_name(report.layout)},
            {"detector", nlohmann::json::parse(to_json(detector))},
            {"showers", summary.showers_in_file},
            {"showers_skipped", report.skipped_showers},
            {"cells_set_to_zero", report.zeroed_cells},
            {"primary_energy_gev",
             {{"lowest", summary.lowest_energy},
              {"highest", summary.highest_energy},
              {"mean", summary.mean_energy},
              {"below_range", report.energies_below_range},
              {"above_range", report.energies_above_range}}},
            {"largest_cell_gev", summary.largest_cell},
            {"monte_carlo_seconds_per_shower", summary.mean_monte_carlo_seconds},
            {"sampling_fraction", bins},
            {"sampling_fraction_all", all},
            {"sampling_fraction_low_energy", bin_json(summary.low_energy)},
            {"unit_suspicion", report.unit_suspicion()},
            {"warnings", report.warnings()},
            {"attributes", attributes}};
}

}  // namespace

void print_shower_info(std::filesystem::path const& file, bool json,
                       data::ShowerReader::Config config)
{
    data::ShowerReader probe(file, config);  // what it reads is not to be counted
    auto const derived = data::complete_detector(probe);
    data::ShowerReader reader(file, config);
    Progress progress({.label = "read", .total = reader.count()});
    auto const& detector = derived.detector;
    auto const summary =
        data::summarise(reader, detector, [&](std::size_t done) { progress.update(done); });
    progress.finish();
    if (!derived.remark.empty()) fmt::print(stderr, "{}\n", printable(derived.remark));
    for (auto const& warning : summary.report.warnings())
        fmt::print(stderr, "Warning: {}\n", printable(warning));
    auto const attributes = reader.attributes();
    if (json) {
        // A file's attributes may hold bytes that are no UTF-8, and controls, which are escaped.
        fmt::print("{}\n", summary_json(summary, attributes, detector)
                               .dump(2, ' ', true, nlohmann::json::error_handler_t::replace));
    } else {
        print_table(summary, attributes, detector);
    }
}

}  // namespace lowcal::cli
