#pragma once

#include "physics/shower_table.hpp"

#include <string>

namespace lowcal::validation {

/// Throws InputError that names `candidate_name` and the difference where two tables are of other
/// cells, or were made with other thresholds.
void require_comparable(physics::ShowerTable const& reference,
                        physics::ShowerTable const& candidate, std::string const& candidate_name);

}  // namespace lowcal::validation
