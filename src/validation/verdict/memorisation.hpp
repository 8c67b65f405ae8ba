#pragma once

#include "physics/shower_table.hpp"

#include <limits>
#include <vector>

namespace lowcal::validation {

/// Whether a candidate repeats the showers that it was trained on: how many of its showers lie
/// closer to a training shower than all but 5 % of the reference do, which was not trained on.
struct Memorisation {
    double share = std::numeric_limits<double>::quiet_NaN();     ///< of the candidate's showers
    double expected = std::numeric_limits<double>::quiet_NaN();  ///< the reference's own, 0.05
    double sigmas = std::numeric_limits<double>::quiet_NaN();    ///< of the excess; below 0: fewer
};

/// Distance of each shower from the nearest training shower, in the space of the observables and
/// layer energies as residuals from their energy dependence, among the training showers near in
/// primary energy. [sample.count()], in no particular order; empty where a table is.
std::vector<float> distances_to_training(physics::ShowerTable const& training,
                                         physics::ShowerTable const& sample);

/// Compares the distances of reference and candidate, as above. NaN where one has none.
Memorisation compare_memorisation(std::vector<float> reference,
                                  std::vector<float> const& candidate);

}  // namespace lowcal::validation
