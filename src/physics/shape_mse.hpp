#pragma once

#include "physics/shower_table.hpp"

#include <span>

namespace lowcal::physics {

/// Mean over all bins of the squared difference of two mean profiles, after each of the
/// reference's three profiles is scaled to unit mean content and the candidate's by the same
/// factor: an error in the total energy counts as much as one in the shape. NaN where a reference
/// profile is empty.
double shape_mse(Profiles const& candidate, Profiles const& reference,
                 std::span<ProfileAxis const> axes);

}  // namespace lowcal::physics
