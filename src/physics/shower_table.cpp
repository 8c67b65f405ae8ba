#include "physics/shower_table.hpp"

#include "core/error.hpp"

#include <limits>
#include <string>
#include <utility>

namespace lowcal::physics {

ShowerTable::ShowerTable(Detector detector)
    : ShowerTable(std::make_shared<ObservableSet const>(std::move(detector)))
{
}

ShowerTable::ShowerTable(std::shared_ptr<ObservableSet const> set)
    : set_(std::move(set)), columns_(set_->observables().size())
{
}

void ShowerTable::add(data::ShowerBlock const& block)
{
    auto const cells = set_->detector().cells();
    if (block.cells.size() != block.count() * cells)
        throw InputError(
            "showers of " + std::to_string(block.cells_per_shower()) + " cells do not fit",
            "the detector has " + cells_text(set_->detector()));
    ShowerObserver observe(set_);
    for (std::size_t i = 0; i < block.count(); ++i)
        append(observe(block.shower(i), static_cast<double>(block.primary_energy[i])),
               block.primary_energy[i]);
    monte_carlo_seconds_.insert(monte_carlo_seconds_.end(), block.monte_carlo_seconds.begin(),
                                block.monte_carlo_seconds.end());
}

void ShowerTable::append(ShowerObservables const& shower, float primary_energy)
{
    primary_energy_.push_back(primary_energy);
    cell_sum_.push_back(shower.cell_sum);
    for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].push_back(shower.values[i]);
    for (double const value : shower.profiles) profiles_.push_back(static_cast<float>(value));
    cell_spectra_.insert(cell_spectra_.end(), shower.cell_spectrum.begin(),
                         shower.cell_spectrum.end());
    for (double const value : shower.layers) layer_numbers_.push_back(static_cast<float>(value));
}

ShowerTable ShowerTable::selected(std::span<std::uint32_t const> showers) const
{
    auto const append_all = [](auto& values, auto const& own) {
        values.insert(values.end(), own.begin(), own.end());
    };
    ShowerTable result(set_);
    for (std::size_t const shower : showers) {
        result.primary_energy_.push_back(primary_energy_[shower]);
        result.cell_sum_.push_back(cell_sum_[shower]);
        for (std::size_t i = 0; i < columns_.size(); ++i)
            result.columns_[i].push_back(columns_[i][shower]);
        append_all(result.profiles_, profiles(shower));
        append_all(result.cell_spectra_, cell_spectrum(shower));
        append_all(result.layer_numbers_, layer_numbers(shower));
        if (monte_carlo_seconds_.size() == count())
            result.monte_carlo_seconds_.push_back(monte_carlo_seconds_[shower]);
    }
    return result;
}

std::size_t ShowerTable::cells_above_zero(std::size_t shower) const
{
    std::size_t cells = 0;
    for (auto const count : cell_spectrum(shower)) cells += count;
    return cells;
}

bool ShowerTable::same_showers(ShowerTable const& other) const
{
    // Moments are NaN without energy, which equals nothing: the profiles stand for them.
    return primary_energy_ == other.primary_energy_ && cell_sum_ == other.cell_sum_ &&
           cell_spectra_ == other.cell_spectra_ && profiles_ == other.profiles_;
}

Profiles mean_profiles(ShowerTable const& sample)
{
    auto const bins = sample.set().profile_bins();
    if (sample.count() == 0) return Profiles(bins, std::numeric_limits<double>::quiet_NaN());
    Profiles mean(bins);
    for (std::size_t shower = 0; shower < sample.count(); ++shower) {
        auto const profiles = sample.profiles(shower);
        for (std::size_t bin = 0; bin < bins; ++bin)
            mean[bin] += static_cast<double>(profiles[bin]);
    }
    for (double& value : mean) value /= static_cast<double>(sample.count());
    return mean;
}

}  // namespace lowcal::physics
