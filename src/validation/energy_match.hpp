#pragma once

#include "validation/shower_table.hpp"

#include <string>

namespace lowcal::validation {

/// How the primary energies of two samples agree.
enum class EnergyMatch {
    same_energies,      ///< shower by shower (to 1e-6)
    same_distribution,  ///< in number and mean energy of each reported bin, within statistics
};

/// "same energies" or "same distribution".
char const* name_of(EnergyMatch match);

/// Compares primary energies, because only samples of the same energies can be compared: a shower's
/// shape depends on its energy. Distributions agree if, in each reported bin and outside all of
/// them, the shares of showers and the mean energies differ by at most four standard deviations;
/// samples of one distribution fail that about once in a thousand times. Throws InputError that
/// names `candidate_name` and the bin where they do not, or where a sample has no showers.
EnergyMatch match_energies(ShowerTable const& reference, ShowerTable const& candidate,
                           std::string const& candidate_name);

}  // namespace lowcal::validation
