#pragma once

#include "validation/compare/bootstrap.hpp"
#include "validation/compare/distances.hpp"
#include "validation/compare/pooled_sample.hpp"
#include "validation/compare/residuals.hpp"
#include "validation/compare/square_matrix.hpp"

#include <cstddef>
#include <vector>

namespace lowcal::validation {

/// Mean and covariance (N in the denominator) of the observables' residuals.
struct ObservableMoments {
    explicit ObservableMoments(std::size_t observables) : mean(observables), covariance(observables)
    {
    }
    std::vector<double> mean;
    SquareMatrix covariance;
};

/// Frechet's distance of two normal distributions, squared as is custom:
/// |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)), Dowson and Landau, J. Multivar. Anal. 12 (1982)
/// 450.
double frechet_distance(ObservableMoments const& first, ObservableMoments const& second);

/// The distance between the two samples of a pool in the space of the observables' residuals, each
/// in units of its usual spread at its energy.
Distance compare_frechet(PooledSample const& pool, Residuals const& residuals,
                         BootstrapConfig const& config);

}  // namespace lowcal::validation
