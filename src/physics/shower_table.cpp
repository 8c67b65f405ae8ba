#include "physics/shower_table.hpp"

#include <cassert>
#include <limits>

namespace lowcal::physics {

void ShowerTable::add(data::ShowerBlock const& block)
{
    assert(block.cells.size() == block.count() * Window::cells);
    for (std::size_t i = 0; i < block.count(); ++i)
        append(observe_shower(block.shower(i), static_cast<double>(block.primary_energy[i])),
               block.primary_energy[i]);
    monte_carlo_seconds_.insert(monte_carlo_seconds_.end(), block.monte_carlo_seconds.begin(),
                                block.monte_carlo_seconds.end());
}

void ShowerTable::append(ShowerObservables const& shower, float primary_energy)
{
    primary_energy_.push_back(primary_energy);
    cell_sum_.push_back(shower.cell_sum);
    for (std::size_t i = 0; i < observable_count; ++i) columns_[i].push_back(shower.values[i]);
    for (double const value : shower.profiles) profiles_.push_back(static_cast<float>(value));
    cell_spectra_.push_back(shower.cell_spectrum);
}

ShowerTable ShowerTable::selected(std::span<std::uint32_t const> showers) const
{
    ShowerTable result;
    for (std::size_t const shower : showers) {
        result.primary_energy_.push_back(primary_energy_[shower]);
        result.cell_sum_.push_back(cell_sum_[shower]);
        for (std::size_t i = 0; i < observable_count; ++i)
            result.columns_[i].push_back(columns_[i][shower]);
        auto const own = profiles(shower);
        result.profiles_.insert(result.profiles_.end(), own.begin(), own.end());
        result.cell_spectra_.push_back(cell_spectra_[shower]);
        if (monte_carlo_seconds_.size() == count())
            result.monte_carlo_seconds_.push_back(monte_carlo_seconds_[shower]);
    }
    return result;
}

bool ShowerTable::same_showers(ShowerTable const& other) const
{
    // Moments are NaN without energy, which equals nothing: the profiles stand for them.
    return primary_energy_ == other.primary_energy_ && cell_sum_ == other.cell_sum_ &&
           cell_spectra_ == other.cell_spectra_ && profiles_ == other.profiles_;
}

Profiles mean_profiles(ShowerTable const& sample)
{
    Profiles mean{};
    if (sample.count() == 0) mean.fill(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t shower = 0; shower < sample.count(); ++shower) {
        auto const profiles = sample.profiles(shower);
        for (std::size_t bin = 0; bin < profile_bins; ++bin)
            mean[bin] += static_cast<double>(profiles[bin]);
    }
    for (double& value : mean) value /= static_cast<double>(sample.count());
    return mean;
}

}  // namespace lowcal::physics
