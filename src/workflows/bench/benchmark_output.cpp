#include "runtime/precision.hpp"
#include "workflows/bench/benchmark.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <utility>

namespace lowcal::workflows {
namespace {

std::string cpu_name()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

nlohmann::ordered_json number(double value)
{
    if (!std::isfinite(value)) return nullptr;
    return value;
}

/// The fastest row of each network and precision on one thread, slowest first.
std::vector<BenchmarkRow> best_rows(std::vector<BenchmarkRow> const& rows)
{
    std::map<std::pair<std::string, std::string>, BenchmarkRow> best;
    for (auto const& row : rows) {
        if (row.threads != 1) continue;
        auto const [found, added] = best.try_emplace({row.model, row.precision}, row);
        if (!added && row.us_per_shower < found->second.us_per_shower) found->second = row;
    }
    std::vector<BenchmarkRow> sorted;
    sorted.reserve(best.size());
    for (auto const& [key, row] : best) sorted.push_back(row);
    std::sort(sorted.begin(), sorted.end(), [](BenchmarkRow const& a, BenchmarkRow const& b) {
        return a.us_per_shower > b.us_per_shower;
    });
    return sorted;
}

/// The value of a column for `arch` in float32 over `value`; NaN where there is no such row.
double over_float32(std::vector<BenchmarkRow> const& rows, std::string const& arch,
                    double BenchmarkRow::*column, double value)
{
    for (auto const& row : rows)
        if (row.arch == arch && row.precision == "f32") return row.*column / value;
    return std::numeric_limits<double>::quiet_NaN();
}

std::string times(double ratio)
{
    return std::isfinite(ratio) ? fmt::format("{:.{}f}x", ratio, ratio < 100 ? 2 : 0) : "-";
}

}  // namespace

std::string speed_up_text(std::vector<BenchmarkRow> const& rows)
{
    auto const best = best_rows(rows);
    auto text = fmt::format("{:<8} {:<5} {:>10} {:>10} {:>10} {:>10} {:>7} {:>9} {:>8} {:>9}\n",
                            "network", "prec.", "ms/shower", "vs conv3d", "vs conv2d", "vs MC",
                            "RSS MB", "f32 / RSS", "file MB", "f32/file");
    for (auto const& row : best) {
        auto const faster = [&](char const* arch) {
            return times(over_float32(best, arch, &BenchmarkRow::us_per_shower, row.us_per_shower));
        };
        auto const smaller = [&](double BenchmarkRow::*column) {
            return times(over_float32(best, row.arch, column, row.*column));
        };
        text += fmt::format(
            "{:<8} {:<5} {:>10.3f} {:>10} {:>10} {:>10} {:>7.0f} {:>9} {:>8.2f} "
            "{:>9}\n",
            row.arch, row.precision, row.us_per_shower / 1000, faster("conv3d"), faster("conv2d"),
            times(row.monte_carlo_ratio), row.rss_mb, smaller(&BenchmarkRow::rss_mb), row.file_mb,
            smaller(&BenchmarkRow::file_mb));
    }
    return text +
           "Each at its best batch. vs conv3d, conv2d: times faster than these in float32; "
           "f32 / RSS, f32/file:\ntimes smaller than the same network in float32.\n";
}

std::string benchmark_text(std::vector<BenchmarkRow> const& rows)
{
    auto text = fmt::format(
        "{:<8} {:<5} {:<7} {:>5} {:>7} {:>10} {:>7} {:>7} {:>6} {:>7} {:>7} {:>8} "
        "{:>7} {:>7} {:>7}\n",
        "network", "prec.", "transp.", "batch", "threads", "us/shower", "+-", "GMAC/s", "peak",
        "RSS MB", "file MB", "vs MC", "load ms", "plan MB", "work MB");
    for (auto const& row : rows)
        text += fmt::format(
            "{:<8} {:<5} {:<7} {:>5} {:>7} {:>10.0f} {:>7.0f} {:>7.1f} {:>5.0f}% {:>7.0f} {:>7.2f} "
            "{:>8} {:>7.0f} {:>7.2f} {:>7.2f}\n",
            row.arch, row.precision, row.transposed, row.batch, row.threads, row.us_per_shower,
            row.us_spread, row.gmac_per_s, 100 * row.peak_fraction, row.rss_mb, row.file_mb,
            times(row.monte_carlo_ratio), row.load_ms, row.plan_mb, row.workspace_mb);
    text += fmt::format(
        "Medians; +-: half the quartile distance; GMAC/s per thread; peak: time of the layers "
        "alone\n"
        "over time measured; vs MC: Monte Carlo's CPU time over ours, core for core; load: from "
        "the\n"
        "file to a plan that runs, whose weights take plan MB and each of whose threads work MB.\n"
        "{}, {}.\n",
        cpu_name(), runtime::instruction_set());
    return text;
}

std::string benchmark_json(std::vector<BenchmarkRow> const& rows, std::string const& command)
{
    nlohmann::ordered_json json;
    json["rows"] = nlohmann::ordered_json::array();
    for (auto const& row : rows)
        json["rows"].push_back({{"model", row.model},
                                {"arch", row.arch},
                                {"precision", row.precision},
                                {"batch", row.batch},
                                {"threads", row.threads},
                                {"us_per_shower", number(row.us_per_shower)},
                                {"us_error", number(row.us_spread)},
                                {"gmac_per_s", number(row.gmac_per_s)},
                                {"peak_fraction", number(row.peak_fraction)},
                                {"rss_mb", number(row.rss_mb)},
                                {"file_mb", number(row.file_mb)},
                                {"load_ms", number(row.load_ms)},
                                {"plan_mb", number(row.plan_mb)},
                                {"workspace_mb", number(row.workspace_mb)},
                                {"monte_carlo_ratio", number(row.monte_carlo_ratio)},
                                {"transposed", row.transposed}});
    json["units"] = {{"us_per_shower", "microseconds, wall clock, median"},
                     {"us_error", "microseconds, half the distance between the quartiles"},
                     {"gmac_per_s", "10^9 multiply-accumulates a second and thread"},
                     {"rss_mb", "10^6 bytes"},
                     {"file_mb", "10^6 bytes"},
                     {"load_ms", "milliseconds, from the file to a plan that is ready to run"},
                     {"plan_mb", "10^6 bytes, shared by the threads"},
                     {"workspace_mb", "10^6 bytes of each thread"},
                     {"monte_carlo_ratio", "CPU time over CPU time"}};
    json["command"] = command;
    json["machine"] = {{"cpu", cpu_name()},
                       {"isa", runtime::instruction_set()},
                       {"onednn", runtime::onednn_version()}};
    return json.dump(2) + "\n";
}

}  // namespace lowcal::workflows
