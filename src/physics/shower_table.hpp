#pragma once

#include "data/showers.hpp"
#include "physics/shower_observables.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::physics {

/// What is kept of each shower of a sample: its observables, not its cells, so that samples larger
/// than memory stream through (500 bytes a shower). Column by column. One thread writes; threads
/// may share a table that no longer changes.
class ShowerTable {
public:
    /// Observes the showers of a block; blocks come in any size. The numbers of a shower do not
    /// depend on how the sample was cut into blocks.
    void add(data::ShowerBlock const& block);

    /// The table of some of the showers, in the order of `showers`.
    ShowerTable selected(std::span<std::uint32_t const> showers) const;

    std::size_t count() const { return primary_energy_.size(); }
    std::span<float const> primary_energy() const { return primary_energy_; }  ///< [count], GeV
    std::span<double const> cell_sum() const { return cell_sum_; }             ///< [count], GeV

    /// One observable of all showers, [count]; NaN where a shower has none (without energy).
    std::span<double const> values(Observable observable) const
    {
        return columns_[static_cast<std::size_t>(observable)];
    }

    /// Cell energy over primary energy, summed over the other two directions: `profile_bins`
    /// numbers in the order of `Profiles`.
    std::span<float const> profiles(std::size_t shower) const
    {
        return std::span(profiles_).subspan(shower * profile_bins, profile_bins);
    }
    /// Energy in the 25 layers over the primary energy.
    std::span<float const> layers(std::size_t shower) const
    {
        return profiles(shower).subspan(Window::x + Window::y, Window::z);
    }
    /// Number of cells above zero in each of the `spectrum_bins`.
    Spectrum const& cell_spectrum(std::size_t shower) const { return cell_spectra_[shower]; }

    /// CPU seconds of the Monte Carlo, of those showers whose block had them.
    std::span<float const> monte_carlo_seconds() const { return monte_carlo_seconds_; }

    /// Whether both samples hold the same showers in the same order, as far as is kept of them.
    bool same_showers(ShowerTable const& other) const;

private:
    void append(ShowerObservables const& shower, float primary_energy);

    std::vector<float> primary_energy_;
    std::vector<double> cell_sum_;
    std::array<std::vector<double>, observable_count> columns_;
    std::vector<float> profiles_;
    std::vector<Spectrum> cell_spectra_;
    std::vector<float> monte_carlo_seconds_;
};

/// Mean over the showers; NaN without showers.
Profiles mean_profiles(ShowerTable const& sample);

}  // namespace lowcal::physics
