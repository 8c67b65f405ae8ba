#include "validation/sample_observables.hpp"

#include <cassert>
#include <limits>

namespace lowcal::validation {

void SampleObservables::add(data::ShowerBlock const& block)
{
    assert(block.cells.size() == block.count() * Window::cells);
    for (std::size_t i = 0; i < block.count(); ++i) {
        observe(block.shower(i), static_cast<double>(block.primary_energy[i]));
        primary_energy_.push_back(block.primary_energy[i]);
    }
    monte_carlo_seconds_.insert(monte_carlo_seconds_.end(), block.monte_carlo_seconds.begin(),
                                block.monte_carlo_seconds.end());
}

void SampleObservables::observe(std::span<float const> cells, double energy)
{
    Profiles sums{};
    double total = 0;
    std::uint32_t hits = 0;
    float const* cell = cells.data();
    for (std::size_t x = 0; x < Window::x; ++x) {
        for (std::size_t y = 0; y < Window::y; ++y, cell += Window::z) {
            double along_z = 0;
            for (std::size_t z = 0; z < Window::z; ++z) {
                auto const energy_in_cell = static_cast<double>(cell[z]);
                along_z += energy_in_cell;
                sums[Window::x + Window::y + z] += energy_in_cell;
                hits += cell[z] > 0.0F;
            }
            sums[x] += along_z;
            sums[Window::x + y] += along_z;
            total += along_z;
        }
    }
    for (double const sum : sums) profiles_.push_back(static_cast<float>(sum / energy));
    cell_sum_.push_back(total);
    sampling_fraction_.push_back(total / energy);
    hits_.push_back(hits);
}

bool SampleObservables::same_showers(SampleObservables const& other) const
{
    return primary_energy_ == other.primary_energy_ && cell_sum_ == other.cell_sum_ &&
           hits_ == other.hits_ && profiles_ == other.profiles_;
}

Profiles mean_profiles(SampleObservables const& sample)
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

}  // namespace lowcal::validation
