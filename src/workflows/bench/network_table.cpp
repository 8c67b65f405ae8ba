#include "workflows/bench/network_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <span>

namespace lowcal::workflows {
namespace {

using validation::Comparison;

BenchmarkRow const* fastest(std::vector<BenchmarkRow> const& rows, std::string const& name)
{
    BenchmarkRow const* best = nullptr;
    for (auto const& row : rows) {
        if (row.threads != 1 || std::filesystem::path(row.model).stem() != name) continue;
        if (best == nullptr || row.us_per_shower < best->us_per_shower) best = &row;
    }
    return best;
}

struct Range {
    double least = std::numeric_limits<double>::infinity();
    double most = -std::numeric_limits<double>::infinity();
    void widen(double value)
    {
        if (!std::isfinite(value)) return;
        least = std::min(least, value);
        most = std::max(most, value);
    }
};

std::string line_of(BenchmarkRow const& speed, Comparison const& physics)
{
    Range shift;  // in %, over the bins that share the energies among them
    Range spread;
    for (auto const& row :
         std::span(physics.sampling_fraction).first(physics.set->detector().energy_bins().size())) {
        shift.widen(100 * (row.ratio() - 1));
        spread.widen(row.rms_ratio());
    }
    return fmt::format(
        "| {} | {} | {:.3g} | {:.0f}x | {:.0f} MB | {:.2f} MB | {:.4f} +- {:.4f} | {:+.1f} to "
        "{:+.1f} % | {:.2f}-{:.2f} | {:.0f} |\n",
        speed.arch, speed.precision, speed.us_per_shower / 1000, speed.monte_carlo_ratio,
        speed.rss_mb, speed.file_mb, physics.shape_mse.value, physics.shape_mse.error, shift.least,
        shift.most, spread.least, spread.most, physics.candidate_hits.value);
}

}  // namespace

std::string network_table(std::vector<BenchmarkRow> const& rows,
                          validation::Evaluation const& evaluation)
{
    if (evaluation.comparisons.empty()) return "";
    auto const& any = evaluation.comparisons.front();
    auto const& real = evaluation.reference_name;
    auto text = fmt::format(
        "| network | precision | ms a shower | against {}, core for core | peak memory | file | "
        "shape MSE (floor {:.4f}) | sampling fraction, mean, in {} energy bins | its spread / "
        "{}'s | cells above zero ({} {:.0f}) |\n|---|---|---|---|---|---|---|---|---|---|\n",
        real, any.shape_mse.floor, any.set->detector().energy_bins().size(), real, real,
        any.reference_hits.value);
    for (auto const& comparison : evaluation.comparisons)
        if (auto const* const speed = fastest(rows, comparison.name); speed != nullptr)
            text += line_of(*speed, comparison);
    return text;
}

}  // namespace lowcal::workflows
