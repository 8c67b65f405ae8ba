#include "cli/benchmark.hpp"
#include "runtime/precision.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

namespace lowcal::cli {
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

}  // namespace

std::string benchmark_text(std::vector<BenchmarkRow> const& rows)
{
    auto text =
        fmt::format("{:<8} {:<5} {:<7} {:>5} {:>7} {:>10} {:>7} {:>7} {:>6} {:>7} {:>7} {:>8}\n",
                    "network", "prec.", "transp.", "batch", "threads", "us/shower", "+-", "GMAC/s",
                    "peak", "RSS MB", "file MB", "vs MC");
    for (auto const& row : rows)
        text += fmt::format(
            "{:<8} {:<5} {:<7} {:>5} {:>7} {:>10.0f} {:>7.0f} {:>7.1f} {:>5.0f}% {:>7.0f} {:>7.2f} "
            "{:>7.1f}x\n",
            row.arch, row.precision, row.transposed, row.batch, row.threads, row.us_per_shower,
            row.us_spread, row.gmac_per_s, 100 * row.peak_fraction, row.rss_mb, row.file_mb,
            row.monte_carlo_ratio);
    text += fmt::format(
        "Medians; +-: half the quartile distance; GMAC/s per thread; peak: time of the layers "
        "alone\n"
        "over time measured; vs MC: Monte Carlo's CPU time over ours, core for core. {}, {}.\n",
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
                                {"monte_carlo_ratio", number(row.monte_carlo_ratio)},
                                {"transposed", row.transposed}});
    json["units"] = {{"us_per_shower", "microseconds, wall clock, median"},
                     {"us_error", "microseconds, half the distance between the quartiles"},
                     {"gmac_per_s", "10^9 multiply-accumulates a second and thread"},
                     {"rss_mb", "10^6 bytes"},
                     {"file_mb", "10^6 bytes"},
                     {"monte_carlo_ratio", "CPU time over CPU time"}};
    json["command"] = command;
    json["machine"] = {{"cpu", cpu_name()},
                       {"isa", runtime::instruction_set()},
                       {"onednn", runtime::onednn_version()}};
    return json.dump(2) + "\n";
}

}  // namespace lowcal::cli
