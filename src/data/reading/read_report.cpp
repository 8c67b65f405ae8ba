#include "data/reading/read_report.hpp"

#include <fmt/format.h>

namespace lowcal::data {
namespace {

/// Calorimeters see between a thousandth of the energy and all of it, and a little more where the
/// cells were calibrated.
constexpr double lowest_sampling_fraction = 0.001;
constexpr double highest_sampling_fraction = 1.5;
/// A file in the wrong unit is a factor of a thousand away: its mean energy leaves the detector's
/// range by more than these factors.
constexpr double low_enough = 0.3;
constexpr double high_enough = 2.0;

}  // namespace

double ReadReport::sampling_fraction() const
{
    return primary_energy_sum > 0 ? cell_energy_sum / primary_energy_sum : 0.0;
}

std::string ReadReport::unit_suspicion() const
{
    if (showers == 0) return {};
    std::string const assumed = layout == Layout::calochallenge ? "MeV" : "GeV";
    std::string const other = layout == Layout::calochallenge ? "GeV" : "MeV";
    double const fraction = sampling_fraction();
    double const mean_energy = primary_energy_sum / static_cast<double>(showers);
    if (fraction > highest_sampling_fraction || fraction < lowest_sampling_fraction) {
        // Too high: the cells are too large or the primaries too small, for either layout.
        bool const high = fraction > highest_sampling_fraction;
        bool const cells_doubtful = high == (layout != Layout::calochallenge);
        return fmt::format(
            "sampling fraction {:.3g} is outside {} to {}: the {} look like {} taken for {}",
            fraction, lowest_sampling_fraction, highest_sampling_fraction,
            cells_doubtful ? "cell energies" : "primary energies", other, assumed);
    }
    if (!primary_energies.empty() && (mean_energy > high_enough * primary_energies.high ||
                                      mean_energy < low_enough * primary_energies.low))
        return fmt::format("mean primary energy {:.3g} GeV: the file looks like {} taken for {}",
                           mean_energy, other, assumed);
    return {};
}

std::vector<std::string> ReadReport::warnings() const
{
    std::vector<std::string> texts;
    if (is_being_written)
        texts.push_back(file +
                        ": another program has it open for writing: showers that it has not "
                        "written yet are missing or empty");
    if (auto const suspicion = unit_suspicion(); !suspicion.empty())
        texts.push_back(file + ": " + suspicion);
    if (auto const outside = energies_below_range + energies_above_range; outside > 0)
        texts.push_back(
            fmt::format("{}: {} of {} primary energies lie outside {} to {} GeV ({} "
                        "below, {} above)",
                        file, outside, showers, primary_energies.low, primary_energies.high,
                        energies_below_range, energies_above_range));
    if (negative_cells > 0) {
        bool const zeroed = negative_cells_are == NegativeCells::zero;
        texts.push_back(fmt::format(
            "{}: {} cells below zero in {} of {} showers {}; together {:.4g} GeV, beside {:.4g} "
            "GeV of the others",
            file, negative_cells, showers_with_negative_cells, showers,
            zeroed ? "set to zero" : "kept", negative_energy,
            cell_energy_sum - (zeroed ? 0 : negative_energy)));
    }
    if (left_out.points > 0)
        texts.push_back(fmt::format(
            "{}: {} points outside of the detector's cells left out, with {:.4g} of {:.4g} GeV",
            file, left_out.points, left_out.energy, left_out.energy + cell_energy_sum));
    if (skipped_showers > 0)
        texts.push_back(fmt::format("{}: {} bad showers dropped, the first is shower {}", file,
                                    skipped_showers, first_skipped_shower));
    return texts;
}

}  // namespace lowcal::data
