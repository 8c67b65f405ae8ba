#pragma once

#include "physics/shower_table.hpp"
#include "validation/compare/pooled_sample.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::validation {

/// Columns of `Residuals`: the observables, their absolute values (spreads), whether they lie in
/// the lowest or highest twentieth of the pool (1 or 0), then the bins of the profiles and of the
/// cell spectrum.
struct ResidualColumns {
    explicit ResidualColumns(physics::ObservableSet const& set)
        : observables(set.observables().size()),
          spread(observables),
          low_tail(2 * observables),
          high_tail(3 * observables),
          profile(4 * observables),
          layer(profile + set.depth_axis().first),
          layers(set.depth_axis().bins),
          spectrum(profile + set.profile_bins()),
          count(spectrum + set.spectrum().count)
    {
    }
    std::size_t observables;  ///< their number; they come first
    std::size_t spread;       ///< the first of each kind
    std::size_t low_tail;
    std::size_t high_tail;
    std::size_t profile;
    std::size_t layer;   ///< of the profile along depth,
    std::size_t layers;  ///< and its bins
    std::size_t spectrum;
    std::size_t count;
};

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

    ResidualColumns const& columns() const { return columns_; }
    std::size_t count() const { return values_.size() / columns_.count; }
    /// All columns of one shower of the pool, [columns().count].
    std::span<float const> row(std::size_t shower) const
    {
        return std::span(values_).subspan(shower * columns_.count, columns_.count);
    }
    float value(std::size_t shower, std::size_t column) const
    {
        return values_[shower * columns_.count + column];
    }
    /// Root mean square spread about the trend, of an observable by its place in the set, over the
    /// whole pool, in its unit.
    double spread(std::size_t observable) const { return spreads_[observable]; }
    /// Mean of an observable over the whole pool, in its unit.
    double mean(std::size_t observable) const { return means_[observable]; }

private:
    /// Fills the columns that follow from an observable's residuals.
    void derive_columns(std::size_t observable);

    ResidualColumns columns_;
    std::vector<float> values_;    ///< [count][columns]
    std::vector<double> spreads_;  ///< [observables]
    std::vector<double> means_;    ///< [observables]
};

}  // namespace lowcal::validation
