#pragma once

#include "physics/shower_table.hpp"
#include "validation/compare/bootstrap.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace lowcal::validation {

/// Distance between the mean shower shapes of two samples, with its error and its floor.
struct ShapeMse {
    double value = 0;  ///< no unit; NaN where the reference has no energy
    double error = 0;  ///< one standard deviation, bootstrap; NaN for fewer than two showers
    double floor = 0;  ///< what two reference samples of these sizes differ by on average
};

/// The mean profiles of the replicas of two samples, replica by replica.
struct ReplicaPair {
    std::span<physics::Profiles const> candidate;
    std::span<physics::Profiles const> reference;
    std::span<physics::ProfileAxis const> axes;
    std::size_t smaller_sample;  ///< showers of the smaller sample
};

/// Standard deviation of the distance over pairs of replicas, both samples resampled independently.
/// A distance near its floor is a sum of squares with little beneath it, and resampling adds its
/// own noise to that of the samples: the error then comes out too large rather than too small. NaN
/// where a sample holds fewer than two showers.
double shape_mse_error(ReplicaPair const& replicas);

/// How the floor is estimated.
struct FloorConfig {
    std::uint64_t seed = 20211;         ///< equal seeds give equal floors
    std::size_t splits = 200;           ///< random splits of the reference into halves
    std::size_t candidate_showers = 0;  ///< size of the sample that is compared with the reference
};

/// What a perfect candidate of `candidate_showers` showers would score on average.
///
/// The reference is cut into random halves of a and b showers, and the distance between them is
/// averaged over the splits. Its expectation is s (1/a + 1/b), s being one shower's variance in the
/// scaled bins, so that of the comparison is s (1/candidate_showers + 1/N): the mean is scaled by
/// the ratio. For N against N that is half of the distance between halves of N/2. NaN where the
/// reference holds fewer than two showers, or the candidate none.
double shape_mse_floor(physics::ShowerTable const& reference, FloorConfig const& config);

}  // namespace lowcal::validation
