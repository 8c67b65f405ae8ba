#pragma once

#include "physics/shower_table.hpp"
#include "validation/pooled_sample.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::validation {

/// Columns of `Residuals`: the observables, their absolute values (spreads), whether they lie in
/// the lowest or highest twentieth of the pool (1 or 0), then the bins of the profiles and of the
/// cell spectrum.
inline constexpr std::size_t spread_column = physics::observable_count;
inline constexpr std::size_t low_tail_column = 2 * physics::observable_count;
inline constexpr std::size_t high_tail_column = 3 * physics::observable_count;
inline constexpr std::size_t profile_column = 4 * physics::observable_count;
inline constexpr std::size_t spectrum_column = profile_column + physics::profile_bins;
inline constexpr std::size_t residual_columns = spectrum_column + physics::spectrum_bins;

/// How the showers of a pool differ from what is usual at their energy, in units of the usual
/// spread at their energy: (value - trend) / spread.
///
/// Trend and spread come from reference and candidate together, so that no relabelling changes
/// them: a polynomial of fifth degree in log E, and the root mean square about it in up to 32
/// blocks of neighbouring energies. A shower without a value has residual 0.
class Residuals {
public:
    Residuals(PooledSample const& pool, physics::ShowerTable const& reference,
              physics::ShowerTable const& candidate);

    std::size_t count() const { return values_.size() / residual_columns; }
    /// All columns of one shower of the pool, [residual_columns].
    std::span<float const> row(std::size_t shower) const
    {
        return std::span(values_).subspan(shower * residual_columns, residual_columns);
    }
    float value(std::size_t shower, std::size_t column) const
    {
        return values_[shower * residual_columns + column];
    }
    /// Root mean square spread about the trend, of an observable, over the whole pool, in its unit.
    double spread(physics::Observable observable) const
    {
        return spreads_[static_cast<std::size_t>(observable)];
    }
    /// Mean of an observable over the whole pool, in its unit.
    double mean(physics::Observable observable) const
    {
        return means_[static_cast<std::size_t>(observable)];
    }

private:
    /// Fills the columns that follow from an observable's residuals.
    void derive_columns(std::size_t observable);

    std::vector<float> values_;  ///< [count][residual_columns]
    std::array<double, physics::observable_count> spreads_{};
    std::array<double, physics::observable_count> means_{};
};

}  // namespace lowcal::validation
