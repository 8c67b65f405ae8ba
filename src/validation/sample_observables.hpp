#pragma once

#include "core/calorimeter.hpp"
#include "data/showers.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::validation {

/// Bins of the three profiles of a shower: along x, then y, then z.
inline constexpr std::size_t profile_bins = Window::x + Window::y + Window::z;

/// One number for each bin of the three profiles: 25 along x, 25 along y, 25 along z.
using Profiles = std::array<double, profile_bins>;

/// A profile's place in `Profiles`.
struct ProfileAxis {
    char const* name;
    std::size_t first;
    std::size_t bins;
};
inline constexpr std::array<ProfileAxis, 3> profile_axes{
    {{"x", 0, Window::x}, {"y", Window::x, Window::y}, {"z", Window::x + Window::y, Window::z}}};

/// What is kept of each shower of a sample: a few numbers and its profiles, not its cells, so that
/// samples larger than memory stream through (320 bytes a shower). One thread.
class SampleObservables {
public:
    /// Observes the showers of a block; blocks come in any size. The numbers of a shower do not
    /// depend on how the sample was cut into blocks.
    void add(data::ShowerBlock const& block);

    std::size_t count() const { return primary_energy_.size(); }
    std::span<float const> primary_energy() const { return primary_energy_; }  ///< [count], GeV
    std::span<double const> cell_sum() const { return cell_sum_; }             ///< [count], GeV
    std::span<double const> sampling_fraction() const { return sampling_fraction_; }  ///< [count]
    std::span<std::uint32_t const> hits() const { return hits_; }  ///< [count], cells above zero

    /// Cell energy over primary energy, summed over the other two directions: `profile_bins`
    /// numbers in the order of `Profiles`.
    std::span<float const> profiles(std::size_t shower) const
    {
        return std::span(profiles_).subspan(shower * profile_bins, profile_bins);
    }
    /// CPU seconds of the Monte Carlo, of those showers whose block had them.
    std::span<float const> monte_carlo_seconds() const { return monte_carlo_seconds_; }

    /// Whether both samples hold the same showers in the same order, as far as is kept of them.
    bool same_showers(SampleObservables const& other) const;

private:
    void observe(std::span<float const> cells, double energy);

    std::vector<float> primary_energy_;
    std::vector<double> cell_sum_;
    std::vector<double> sampling_fraction_;
    std::vector<std::uint32_t> hits_;
    std::vector<float> profiles_;
    std::vector<float> monte_carlo_seconds_;
};

/// Mean over the showers; NaN without showers.
Profiles mean_profiles(SampleObservables const& sample);

}  // namespace lowcal::validation
