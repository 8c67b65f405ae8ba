#include "workflows/bench/network_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <span>
#include <string>

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

using Cells = std::vector<std::string>;

Cells head_of(validation::Evaluation const& evaluation)
{
    auto const& any = evaluation.comparisons.front();
    auto const& real = evaluation.reference_name;
    return {"network",
            "precision",
            "ms a shower",
            "than " + real,
            "memory",
            "file",
            "told apart",
            fmt::format("shape MSE ({:.4f})", any.shape_mse.floor),
            "sampling fraction",
            "its spread",
            fmt::format("hits ({:.0f})", any.reference_hits.value)};
}

Cells line_of(BenchmarkRow const& speed, Comparison const& physics)
{
    Range shift;  // in %, over the bins that share the energies among them
    Range spread;
    for (auto const& row :
         std::span(physics.sampling_fraction).first(physics.set->detector().energy_bins().size())) {
        shift.widen(100 * (row.ratio() - 1));
        spread.widen(row.rms_ratio());
    }
    auto const& judged = physics.judgement;
    return {speed.arch,
            speed.precision,
            fmt::format("{:.3g}", speed.us_per_shower / 1000),
            std::isfinite(speed.monte_carlo_ratio) ? fmt::format("{:.0f}x", speed.monte_carlo_ratio)
                                                   : "-",  // nobody knows the Monte Carlo's time
            fmt::format("{:.0f} MB", speed.rss_mb),
            fmt::format("{:.2f} MB", speed.file_mb),
            judged ? fmt::format("{:.3f} +- {:.3f}", judged->area.area, judged->area.error) : "-",
            fmt::format("{:.4f} +- {:.4f}", physics.shape_mse.value, physics.shape_mse.error),
            fmt::format("{:+.1f} to {:+.1f} %", shift.least, shift.most),
            fmt::format("{:.2f}-{:.2f}", spread.least, spread.most),
            fmt::format("{:.0f}", physics.candidate_hits.value)};
}

/// Markdown whose columns are as wide as their widest cell.
std::string aligned(std::vector<Cells> const& lines)
{
    std::vector<std::size_t> widths(lines.front().size());
    for (auto const& line : lines)
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], line[i].size());
    std::string text;
    for (auto const& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i)
            text += fmt::format("| {:<{}} ", line[i], widths[i]);
        text += "|\n";
        if (&line != &lines.front()) continue;
        for (auto const width : widths) text += "|" + std::string(width + 2, '-');
        text += "|\n";
    }
    return text;
}

}  // namespace

std::string network_table(std::vector<BenchmarkRow> const& rows,
                          validation::Evaluation const& evaluation)
{
    if (evaluation.comparisons.empty()) return "";
    std::vector<Cells> lines{head_of(evaluation)};
    for (auto const& comparison : evaluation.comparisons)
        if (auto const* const speed = fastest(rows, comparison.name); speed != nullptr)
            lines.push_back(line_of(*speed, comparison));
    return aligned(lines);
}

std::string network_table_legend(validation::Evaluation const& evaluation)
{
    auto const& real = evaluation.reference_name;
    auto const halves =
        evaluation.judge_controls
            ? fmt::format(" (halves of {}: {:.2f})", real, evaluation.judge_controls->halves.area)
            : "";
    return fmt::format(
        "Told apart: area under the curve of boosted trees that see a shower's numbers, 0.5 if "
        "they "
        "cannot tell it from {}'s, 1 if they always can{}.\nOne core, random numbers included; in "
        "brackets what {} has or chance makes; sampling fraction and its spread: {} is 0 and 1.\n",
        real, halves, real, real);
}

}  // namespace lowcal::workflows
