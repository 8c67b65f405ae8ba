#pragma once

#include "training/parallel/ranks.hpp"
#include "training/shower_set.hpp"

namespace lowcal::training {

/// The rank's showers of a batch.
Batch part_of(Batch const& whole, Ranks const& ranks);

/// Throws InputError where `ranks` cannot share a batch evenly.
void require_shares(std::int64_t batch, Ranks const& ranks);
/// The same, each with whole groups of the showers that lean's critic compares.
void require_groups(std::int64_t batch, Ranks const& ranks);

}  // namespace lowcal::training
