#include "data/derived_detector.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::data {
namespace {

constexpr std::size_t most_showers = 1000;  ///< that thresholds are derived from
constexpr std::size_t bins = 6;
constexpr double wide = 10.0;     ///< a range of energies over so many times is wide
constexpr double low_part = 0.2;  ///< of a wide range, in log E
constexpr std::array threshold_quantiles{0.1, 0.5, 0.9};

enum class Rounding { down, nearest, up };

/// To two digits, as a decimal text would be read.
double rounded(double value, Rounding rounding)
{
    double const step = std::pow(10.0, std::floor(std::log10(value)) - 1.0);
    // A hair: 2.0 must not become 1.9 because of a last bit.
    constexpr double hair = 1e-6;
    double steps = std::round(value / step);
    if (rounding == Rounding::down) steps = std::floor(value / step + hair);
    if (rounding == Rounding::up) steps = std::ceil(value / step - hair);
    return std::stod(fmt::format("{:.3g}", steps * step));
}

/// A place in a range, in log E.
double within(EnergyBin const& range, double share)
{
    return range.low * std::pow(range.high / range.low, share);
}

std::vector<double> edges_of(EnergyBin const& range)
{
    std::vector<double> edges{range.low};
    for (std::size_t i = 1; i < bins; ++i) {
        auto const edge = rounded(within(range, static_cast<double>(i) / bins), Rounding::nearest);
        if (edge > edges.back() && edge < range.high) edges.push_back(edge);
    }
    edges.push_back(range.high);
    return edges;
}

std::vector<double> thresholds_of(ShowerReader& reader)
{
    std::vector<float> hits;
    auto const count = std::min(most_showers, reader.count());
    auto const step = showers_per_block(reader.detector());
    for (std::size_t first = 0; first < count; first += step)
        for (float const cell : reader.read(first, std::min(step, count - first)).cells)
            if (cell > 0) hits.push_back(cell);
    std::vector<double> thresholds{0.0};
    std::ranges::sort(hits);
    for (double const quantile : threshold_quantiles) {
        if (hits.empty()) break;
        auto const place =
            static_cast<std::size_t>(quantile * static_cast<double>(hits.size() - 1));
        auto const threshold = rounded(static_cast<double>(hits[place]), Rounding::nearest);
        if (threshold > thresholds.back()) thresholds.push_back(threshold);
    }
    return thresholds;
}

}  // namespace

EnergyBin energy_range(std::span<float const> energies)
{
    auto const [low, high] = std::ranges::minmax(energies);
    EnergyBin range{rounded(static_cast<double>(low), Rounding::down),
                    rounded(static_cast<double>(high), Rounding::up)};
    // All of one energy.
    if (range.empty()) range.high = rounded(1.1 * range.low, Rounding::up);
    return range;
}

DerivedDetector complete_detector(ShowerReader& reader)
{
    return complete_detector(reader, reader.detector());
}

DerivedDetector complete_detector(ShowerReader& reader, Detector own)
{
    DerivedDetector derived{.detector = std::move(own), .remark = {}};
    auto& detector = derived.detector;
    if (detector.is_complete()) return derived;
    std::vector<std::string> parts;
    if (detector.primary_energies.empty()) {
        detector.primary_energies = energy_range(reader.read_primary_energies());
        parts.push_back(fmt::format("energies of {} to {} GeV", detector.primary_energies.low,
                                    detector.primary_energies.high));
    }
    auto const& range = detector.primary_energies;
    if (detector.energy_edges.empty()) {
        detector.energy_edges = edges_of(range);
        if (range.high > wide * range.low)
            detector.low_energies = {range.low,
                                     rounded(within(range, low_part), Rounding::nearest)};
        parts.push_back(fmt::format("bins at {} GeV", fmt::join(detector.energy_edges, ", ")));
    }
    if (detector.hit_thresholds.empty()) {
        detector.hit_thresholds = thresholds_of(reader);
        std::vector<double> mev;
        for (double const threshold : detector.hit_thresholds) mev.push_back(threshold * 1000.0);
        parts.push_back(fmt::format("hit thresholds of {:.3g} MeV", fmt::join(mev, ", ")));
    }
    derived.remark = fmt::format("{}: derived from the showers: {}", reader.path().string(),
                                 fmt::join(parts, "; "));
    return derived;
}

}  // namespace lowcal::data
