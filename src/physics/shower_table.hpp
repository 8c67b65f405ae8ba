#pragma once

#include "data/showers.hpp"
#include "physics/shower_observer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace lowcal::physics {

/// What is kept of each shower of a sample: its observables, not its cells, so that samples larger
/// than memory stream through (a kilobyte a shower of 25 layers). Column by column. One thread
/// writes; threads may share a table that no longer changes.
class ShowerTable {
public:
    /// Throws InputError for a detector that makes no sense.
    explicit ShowerTable(Detector detector);
    explicit ShowerTable(std::shared_ptr<ObservableSet const> set);

    /// What the showers are described by.
    ObservableSet const& set() const { return *set_; }
    std::shared_ptr<ObservableSet const> const& shared_set() const { return set_; }

    /// Observes the showers of a block; blocks come in any size. The numbers of a shower do not
    /// depend on how the sample was cut into blocks. Throws InputError where the showers do not
    /// have as many cells as the detector.
    void add(data::ShowerBlock const& block);

    /// The table of some of the showers, in the order of `showers`.
    ShowerTable selected(std::span<std::uint32_t const> showers) const;

    std::size_t count() const { return primary_energy_.size(); }
    std::span<float const> primary_energy() const { return primary_energy_; }  ///< [count], GeV
    std::span<double const> cell_sum() const { return cell_sum_; }             ///< [count], GeV

    /// One observable of all showers, [count], by its place in the set or its key; NaN where a
    /// shower has none (without energy).
    std::span<double const> values(std::size_t observable) const { return columns_[observable]; }
    std::span<double const> values(std::string_view key) const { return values(set_->find(key)); }

    /// Cell energy over primary energy, summed over the other two directions: the bins of all
    /// `ObservableSet::profile_axes`.
    std::span<float const> profiles(std::size_t shower) const
    {
        return std::span(profiles_).subspan(shower * set_->profile_bins(), set_->profile_bins());
    }
    /// Energy in the layers over the primary energy.
    std::span<float const> layers(std::size_t shower) const
    {
        return profiles(shower).subspan(set_->depth_axis().first, set_->depth_axis().bins);
    }
    /// Number of cells above zero in each bin of the spectrum.
    std::span<std::uint32_t const> cell_spectrum(std::size_t shower) const
    {
        return std::span(cell_spectra_)
            .subspan(shower * set_->spectrum().count, set_->spectrum().count);
    }
    /// Cells above zero: all of the spectrum.
    std::size_t cells_above_zero(std::size_t shower) const;

    /// [layer quantities][layers]; NaN where a layer has no energy.
    std::span<float const> layer_numbers(std::size_t shower) const
    {
        return std::span(layer_numbers_).subspan(shower * layer_size(), layer_size());
    }

    /// CPU seconds of the Monte Carlo, of those showers whose block had them.
    std::span<float const> monte_carlo_seconds() const { return monte_carlo_seconds_; }

    /// Whether both samples hold the same showers in the same order, as far as is kept of them.
    bool same_showers(ShowerTable const& other) const;

private:
    std::size_t layer_size() const
    {
        return set_->layer_quantities().size() * set_->detector().layers();
    }
    void append(ShowerObservables const& shower, float primary_energy);

    std::shared_ptr<ObservableSet const> set_;
    std::vector<float> primary_energy_;
    std::vector<double> cell_sum_;
    std::vector<std::vector<double>> columns_;  ///< [observables][count]
    std::vector<float> profiles_;               ///< [count][profile bins]
    std::vector<std::uint32_t> cell_spectra_;   ///< [count][spectrum bins]
    std::vector<float> layer_numbers_;          ///< [count][layer quantities][layers]
    std::vector<float> monte_carlo_seconds_;
};

/// One number for each bin of the three profiles, in the order of `ObservableSet::profile_axes`.
using Profiles = std::vector<double>;

/// Mean over the showers; NaN without showers.
Profiles mean_profiles(ShowerTable const& sample);

}  // namespace lowcal::physics
