#pragma once

#include "physics/shower_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lowcal::validation {

/// How the primary energies of two samples agree.
enum class EnergyMatch {
    same_energies,      ///< shower by shower (to 1e-6)
    same_distribution,  ///< in number and mean energy of each reported bin, within statistics
    matched,            ///< neither: only showers that find a partner of their energy are compared
};

/// "same energies", "same distribution" or "matched".
char const* name_of(EnergyMatch match);

/// Compares primary energies, because only samples of the same energies can be compared: a shower's
/// shape depends on its energy. Distributions agree if, in each reported bin and outside all of
/// them, the shares of showers and the mean energies differ by at most four standard deviations;
/// samples of one distribution fail that about once in a thousand times. Where they do not, the
/// showers have to be matched. Throws InputError that names `candidate_name` where a sample has no
/// showers.
EnergyMatch match_energies(physics::ShowerTable const& reference,
                           physics::ShowerTable const& candidate,
                           std::string const& candidate_name);

/// Showers of two samples, pair by pair.
struct MatchedShowers {
    std::vector<std::uint32_t> reference;
    std::vector<std::uint32_t> candidate;
};

/// Pairs as many showers as can be paired, each with one of the other sample in the same of the
/// detector's energy bins, where it has any, and at most 2 % away in primary energy. Throws
/// InputError where there are none.
MatchedShowers match_showers(physics::ShowerTable const& reference,
                             physics::ShowerTable const& candidate,
                             std::string const& candidate_name);

}  // namespace lowcal::validation
