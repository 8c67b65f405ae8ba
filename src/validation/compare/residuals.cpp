#include "validation/compare/residuals.hpp"

#include "validation/compare/energy_trend.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lowcal::validation {
namespace {

constexpr std::size_t most_blocks = 32;
constexpr std::size_t least_showers_per_block = 50;
constexpr std::size_t twenty = 20;
constexpr double rounding = 1e-9;  // spreads below this share of the values are no spread

/// Values of one column for all showers of the pool.
template <class ValueOf>
std::vector<double> pooled_values(PooledSample const& pool, ValueOf value_of)
{
    std::vector<double> values(pool.count());
    for (std::size_t i = 0; i < pool.count(); ++i)
        values[i] = value_of(pool.labels[i], pool.source[i]);
    return values;
}

double root_mean_square(std::span<double const> values)
{
    double squares = 0;
    for (double const value : values) squares += value * value;
    return std::sqrt(squares / static_cast<double>(values.size()));
}

/// Mean of the values that are there; the others are set to it.
double fill_gaps(std::vector<double>& values)
{
    double sum = 0;
    std::size_t count = 0;
    for (double const value : values)
        if (!std::isnan(value)) {
            sum += value;
            ++count;
        }
    double const mean = count > 0 ? sum / static_cast<double>(count) : 0.0;
    for (double& value : values)
        if (std::isnan(value)) value = mean;
    return mean;
}

struct Standardised {
    std::vector<double> values;
    double spread;
    double mean;
};

Standardised standardise(EnergyTrend const& trend, std::vector<double> values)
{
    std::vector<bool> gaps(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) gaps[i] = std::isnan(values[i]);
    double const mean = fill_gaps(values);
    double const scale = root_mean_square(values);
    auto residuals = trend.residuals(values);
    double const spread = root_mean_square(residuals);
    auto const blocks =
        std::clamp<std::size_t>(residuals.size() / least_showers_per_block, 1, most_blocks);
    for (std::size_t block = 0; block < blocks; ++block) {
        auto const first = residuals.size() * block / blocks;
        auto const last = residuals.size() * (block + 1) / blocks;
        auto const part = std::span(residuals).subspan(first, last - first);
        double const unit = root_mean_square(part);
        for (double& value : part) value = unit > rounding * scale ? value / unit : 0.0;
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        if (gaps[i]) residuals[i] = 0.0;
    return {std::move(residuals), spread, mean};
}

}  // namespace

Residuals::Residuals(PooledSample const& pool, physics::ShowerTable const& reference,
                     physics::ShowerTable const& candidate)
    : columns_(reference.set()),
      values_(pool.count() * columns_.count),
      spreads_(columns_.observables),
      means_(columns_.observables)
{
    EnergyTrend const trend(pool.energy);
    std::array<physics::ShowerTable const*, 2> const tables{&reference, &candidate};
    auto const fill = [&](std::size_t column, auto value_of) {
        auto result = standardise(trend, pooled_values(pool, value_of));
        for (std::size_t i = 0; i < pool.count(); ++i)
            values_[i * columns_.count + column] = static_cast<float>(result.values[i]);
        return result;
    };
    for (std::size_t i = 0; i < columns_.observables; ++i) {
        auto const result = fill(i, [&](std::uint8_t label, std::uint32_t shower) {
            return tables[label]->values(i)[shower];
        });
        spreads_[i] = result.spread;
        means_[i] = result.mean;
        derive_columns(i);
    }
    for (std::size_t bin = 0; bin < reference.set().profile_bins(); ++bin)
        fill(columns_.profile + bin, [&](std::uint8_t label, std::uint32_t shower) {
            return static_cast<double>(tables[label]->profiles(shower)[bin]);
        });
    for (std::size_t bin = 0; bin < reference.set().spectrum().count; ++bin)
        fill(columns_.spectrum + bin, [&](std::uint8_t label, std::uint32_t shower) {
            return static_cast<double>(tables[label]->cell_spectrum(shower)[bin]);
        });
}

void Residuals::derive_columns(std::size_t observable)
{
    if (count() == 0) return;
    std::vector<float> sorted(count());
    for (std::size_t shower = 0; shower < count(); ++shower)
        sorted[shower] = value(shower, observable);
    std::ranges::sort(sorted);
    float const low = sorted[count() / twenty];
    float const high = sorted[count() - 1 - count() / twenty];
    for (std::size_t shower = 0; shower < count(); ++shower) {
        float* const row = &values_[shower * columns_.count];
        row[columns_.spread + observable] = std::abs(row[observable]);
        row[columns_.low_tail + observable] = row[observable] < low ? 1.0F : 0.0F;
        row[columns_.high_tail + observable] = row[observable] > high ? 1.0F : 0.0F;
    }
}

}  // namespace lowcal::validation
