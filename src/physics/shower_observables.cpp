#include "physics/shower_observables.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace lowcal::physics {
namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<float, 4> thresholds{0.0F, 0.05e-3F, 0.15e-3F, 1.5e-3F};  // GeV
constexpr std::size_t axis_cell = Window::x / 2;
constexpr std::size_t core_columns[] = {0, 1, 2};  // rings of columns around the central one

std::size_t spectrum_bin(float energy)
{
    double const place = (std::log10(static_cast<double>(energy)) - spectrum_low) / spectrum_step;
    return static_cast<std::size_t>(std::clamp(place, 0.0, spectrum_bins - 1.0));
}

/// Distance of a cell from the central one, in cells.
double offset(std::size_t cell)
{
    return static_cast<double>(cell) - static_cast<double>(axis_cell);
}

/// Sums over one shower's cells, GeV.
struct Sums {
    Profiles profiles{};
    Spectrum spectrum{};
    std::array<std::uint32_t, thresholds.size()> hits{};
    std::array<double, 3> core{};  ///< 1, 9, 25 columns
    double total = 0;
    double radius = 0;          ///< energy times distance from the axis
    double radius_squared = 0;  ///< energy times its square

    void add_cell(std::size_t z, float energy)
    {
        profiles[Window::x + Window::y + z] += static_cast<double>(energy);
        ++spectrum[spectrum_bin(energy)];
        for (std::size_t i = 0; i < thresholds.size(); ++i) hits[i] += energy > thresholds[i];
    }

    void add_column(std::size_t x, std::size_t y, double energy)
    {
        double const squared = offset(x) * offset(x) + offset(y) * offset(y);
        auto const ring =
            static_cast<std::size_t>(std::max(std::abs(offset(x)), std::abs(offset(y))));
        profiles[x] += energy;
        profiles[Window::x + y] += energy;
        total += energy;
        radius += energy * std::sqrt(squared);
        radius_squared += energy * squared;
        for (std::size_t i = 0; i < core.size(); ++i)
            if (ring <= core_columns[i]) core[i] += energy;
    }
};

Sums sum_cells(std::span<float const> cells)
{
    Sums sums;
    float const* cell = cells.data();
    for (std::size_t x = 0; x < Window::x; ++x) {
        for (std::size_t y = 0; y < Window::y; ++y, cell += Window::z) {
            double column = 0;
            for (std::size_t z = 0; z < Window::z; ++z) {
                if (!(cell[z] > 0.0F)) continue;
                column += static_cast<double>(cell[z]);
                sums.add_cell(z, cell[z]);
            }
            if (column > 0) sums.add_column(x, y, column);
        }
    }
    return sums;
}

struct Moments {
    double mean;
    double width;
};

/// First moment and root of the central second moment of a profile, in bins.
Moments moments_of(std::span<double const> profile, double total)
{
    if (!(total > 0)) return {not_known, not_known};
    double first = 0;
    for (std::size_t bin = 0; bin < profile.size(); ++bin)
        first += static_cast<double>(bin) * profile[bin];
    double const mean = first / total;
    double second = 0;
    for (std::size_t bin = 0; bin < profile.size(); ++bin) {
        double const distance = static_cast<double>(bin) - mean;
        second += distance * distance * profile[bin];
    }
    return {mean, std::sqrt(second / total)};
}

void set_moments(Sums const& sums, std::array<double, observable_count>& values)
{
    auto const set = [&](Observable mean, Observable width, ProfileAxis const& axis) {
        auto const moments =
            moments_of(std::span(sums.profiles).subspan(axis.first, axis.bins), sums.total);
        values[static_cast<std::size_t>(mean)] = moments.mean;
        values[static_cast<std::size_t>(width)] = moments.width;
    };
    set(Observable::x_mean, Observable::x_width, profile_axes[0]);
    set(Observable::y_mean, Observable::y_width, profile_axes[1]);
    set(Observable::longitudinal_mean, Observable::longitudinal_width, profile_axes[2]);
}

}  // namespace

ShowerObservables observe_shower(std::span<float const> cells, double primary_energy)
{
    assert(cells.size() == Window::cells);
    auto const sums = sum_cells(cells);
    ShowerObservables shower;
    auto const set = [&](Observable observable, double value) {
        shower.values[static_cast<std::size_t>(observable)] = value;
    };
    auto const share = [&](double energy) {
        return sums.total > 0 ? energy / sums.total : not_known;
    };
    set(Observable::sampling_fraction, sums.total / primary_energy);
    set_moments(sums, shower.values);
    set(Observable::r_mean, share(sums.radius));
    set(Observable::r_rms, std::sqrt(share(sums.radius_squared)));
    constexpr auto first_hits = static_cast<std::size_t>(Observable::hits);
    for (std::size_t i = 0; i < thresholds.size(); ++i)
        shower.values[first_hits + i] = static_cast<double>(sums.hits[i]);
    constexpr auto first_core = static_cast<std::size_t>(Observable::core_1);
    for (std::size_t i = 0; i < sums.core.size(); ++i)
        shower.values[first_core + i] = share(sums.core[i]);
    for (std::size_t bin = 0; bin < profile_bins; ++bin)
        shower.profiles[bin] = sums.profiles[bin] / primary_energy;
    shower.cell_sum = sums.total;
    shower.cell_spectrum = sums.spectrum;
    return shower;
}

}  // namespace lowcal::physics
