#include "workflows/info/shower_file_info.hpp"

#include "core/detector/detector_json.hpp"
#include "core/listener.hpp"
#include "core/progress.hpp"
#include "data/derived_detector.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace lowcal::workflows {
namespace {

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

}  // namespace

ShowerFileInfo shower_file_info(std::filesystem::path const& file,
                                data::ShowerReader::Config const& config)
{
    data::ShowerReader probe(file, config);  // what it reads is not to be counted
    auto derived = data::complete_detector(probe);
    data::ShowerReader reader(file, config);
    Progress progress({.label = "read", .total = reader.count()});
    auto summary =
        data::summarise(reader, derived.detector, [&](std::size_t done) { progress.update(done); });
    progress.finish();
    if (!derived.remark.empty()) remark(RemarkKind::note, derived.remark);
    for (auto const& warning : summary.report.warnings()) remark(RemarkKind::warning, warning);
    return {std::move(summary), std::move(derived.detector), reader.attributes()};
}

std::string shower_file_info_json(ShowerFileInfo const& info)
{
    auto const& summary = info.summary;
    auto const& report = summary.report;
    auto bins = nlohmann::json::array();
    for (auto const& bin : summary.bins) bins.push_back(bin_json(bin));
    auto all = bin_json(summary.all);
    all.erase("low");
    all.erase("high");
    nlohmann::json const object{
        {"file", report.file},
        {"layout", data::layout_name(report.layout)},
        {"detector", nlohmann::json::parse(to_json(info.detector))},
        {"showers", summary.showers_in_file},
        {"showers_skipped", report.skipped_showers},
        {"cells_set_to_zero", report.zeroed_cells},
        {"negative_cells",
         {{"count", report.negative_cells},
          {"are", data::name_of(report.negative_cells_are)},
          {"energy_gev", report.negative_energy}}},
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
        {"attributes", info.attributes}};
    // A file's attributes may hold bytes that are no UTF-8, and controls, which are escaped.
    return object.dump(2, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace lowcal::workflows
