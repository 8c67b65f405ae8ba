#pragma once

#include "core/calorimeter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lowcal::physics {

/// The numbers that describe one shower; docs/observables.md has their definitions.
enum class Observable : std::size_t {
    sampling_fraction,   ///< sum of the cells over the primary energy
    longitudinal_mean,   ///< first moment along z, in layers
    longitudinal_width,  ///< root of the central second moment along z, in layers
    x_mean,              ///< first moment along x, in cells
    x_width,             ///< root of the central second moment along x, in cells
    y_mean,
    y_width,
    r_mean,      ///< mean distance from the window's axis, in cells
    r_rms,       ///< root of the mean squared distance from the window's axis, in cells
    hits,        ///< cells above zero
    hits_50kev,  ///< cells above 0.05 MeV
    hits_150kev,
    hits_1500kev,
    core_1,   ///< share of the energy in the central column of cells
    core_9,   ///< share in the central 3 x 3 columns
    core_25,  ///< share in the central 5 x 5 columns
};
inline constexpr std::size_t observable_count = 16;

/// What an observable is called and measured in.
struct ObservableInfo {
    Observable observable;
    char const* key;   ///< in JSON
    char const* name;  ///< in reports
    char const* unit;  ///< empty for ratios
};

inline constexpr std::array<ObservableInfo, observable_count> observables{{
    {Observable::sampling_fraction, "sampling_fraction", "sampling fraction", ""},
    {Observable::longitudinal_mean, "longitudinal_mean", "longitudinal mean", "layers"},
    {Observable::longitudinal_width, "longitudinal_width", "longitudinal width", "layers"},
    {Observable::x_mean, "x_mean", "mean in x", "cells"},
    {Observable::x_width, "x_width", "width in x", "cells"},
    {Observable::y_mean, "y_mean", "mean in y", "cells"},
    {Observable::y_width, "y_width", "width in y", "cells"},
    {Observable::r_mean, "r_mean", "mean radius", "cells"},
    {Observable::r_rms, "r_rms", "r.m.s. radius", "cells"},
    {Observable::hits, "hits", "cells above 0", "cells"},
    {Observable::hits_50kev, "hits_50kev", "cells above 0.05 MeV", "cells"},
    {Observable::hits_150kev, "hits_150kev", "cells above 0.15 MeV", "cells"},
    {Observable::hits_1500kev, "hits_1500kev", "cells above 1.5 MeV", "cells"},
    {Observable::core_1, "core_1", "energy in the central column", ""},
    {Observable::core_9, "core_9", "energy in 3 x 3 columns", ""},
    {Observable::core_25, "core_25", "energy in 5 x 5 columns", ""},
}};
constexpr ObservableInfo const& info_of(Observable observable)
{
    return observables[static_cast<std::size_t>(observable)];
}

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

/// The cell-energy spectrum: equal bins of log10(energy / GeV), five a decade from -6 to 0. What
/// lies outside counts in the first or last bin.
inline constexpr std::size_t spectrum_bins = 30;
inline constexpr double spectrum_low = -6.0;
inline constexpr double spectrum_step = 0.2;
using Spectrum = std::array<std::uint16_t, spectrum_bins>;

/// What one shower looks like.
///
/// Moments and core shares of a shower without energy are NaN: it has none.
struct ShowerObservables {
    std::array<double, observable_count> values{};  ///< by Observable
    double cell_sum = 0;                            ///< GeV
    Profiles profiles{};  ///< cell energy over primary energy, summed over the other directions
    Spectrum cell_spectrum{};  ///< cells above zero in each bin

    double operator[](Observable observable) const
    {
        return values[static_cast<std::size_t>(observable)];
    }
    /// Energy in each layer over the primary energy: the profile along z.
    std::span<double const> layers() const
    {
        return std::span(profiles).subspan(Window::x + Window::y, Window::z);
    }
};

/// Observes one shower: `cells` [x][y][z] in GeV, none negative; `primary_energy` in GeV, above 0.
ShowerObservables observe_shower(std::span<float const> cells, double primary_energy);

}  // namespace lowcal::physics
