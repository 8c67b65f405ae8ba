#include "cli/answers/info_showers.hpp"

#include "core/detector/detector_json.hpp"
#include "core/printable.hpp"
#include "workflows/info/shower_file_info.hpp"

#include <fmt/format.h>

#include <string>

namespace lowcal::cli {
namespace {

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

void print_table(workflows::ShowerFileInfo const& info)
{
    auto const& [summary, detector, attributes] = info;
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
    if (report.negative_cells > 0)
        fmt::print("cells below zero {}, {}, together {:.4g} GeV\n", report.negative_cells,
                   report.negative_cells_are == data::NegativeCells::zero ? "set to zero" : "kept",
                   report.negative_energy);
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

}  // namespace

void print_shower_info(std::filesystem::path const& file, bool json,
                       data::ShowerReader::Config const& config)
{
    auto const info = workflows::shower_file_info(file, config);
    if (json)
        fmt::print("{}\n", workflows::shower_file_info_json(info));
    else
        print_table(info);
}

}  // namespace lowcal::cli
