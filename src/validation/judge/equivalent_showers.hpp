#pragma once

#include "validation/compare/pooled_sample.hpp"
#include "validation/compare/residuals.hpp"

#include <cstddef>
#include <vector>

namespace lowcal::validation {

/// Generated showers whose worth is told.
inline constexpr double generated_showers = 1e6;

/// How many showers of the reference's own kind describe an observable as well as a million of the
/// candidate's do.
///
/// The idea is Butter et al.'s (SciPost Phys. 10 (2021) 139): in J quantiles of the truth, a sample
/// of n true showers is off by sum_j (p_j - 1/J)^2 = (1 - 1/J) / n on average. M generated ones
/// are off by b + (1 - 1/J) / M, of which the bias b does not go away with their number. Both are
/// equal at n = v / (b + v / M), v = 1 - 1/J. b is estimated without bias from the samples at hand:
/// v (1/N + 1/m), which chance makes of a difference of two, is taken off.
struct EquivalentShowers {
    std::size_t observable = 0;  ///< its place in the set
    double showers = 0;          ///< at most `generated_showers`; at least this where `is_limit`
    bool is_limit = false;       ///< b is less than two of its standard errors above 0
};

/// Of all observables, by their place in the set, as residuals from their energy dependence; an
/// observable without spread is left out. Empty where a sample holds fewer showers than there are
/// quantiles.
std::vector<EquivalentShowers> equivalent_showers(PooledSample const& pool,
                                                  Residuals const& residuals);

}  // namespace lowcal::validation
