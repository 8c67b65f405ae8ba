#pragma once

#include "validation/verdict/verdict.hpp"

#include <cstdint>
#include <vector>

namespace lowcal::validation {

/// How much two samples differ in a subject, all energies together, with standard errors.
///
/// Observables: shift of the mean at equal energy, and of the spread. Profiles and spectrum: share
/// of the content that lies in the wrong bin, half the sum of the absolute differences of two
/// contents of sum one. Correlations: root mean square difference of the coefficients. Neighbours:
/// excess of the share of showers whose nearest neighbour is of the same sample. Errors by
/// bootstrap, for shifts from the samples' variances. The tolerances stand in docs/observables.md.
class EffectSizes {
public:
    /// All must outlive the object.
    EffectSizes(PooledSample const& pool, Residuals const& residuals, Neighbours const& neighbours)
        : pool_(pool), residuals_(residuals), neighbours_(neighbours)
    {
    }
    std::vector<Effect> operator()(Subject const& subject, physics::ShowerTable const& reference,
                                   physics::ShowerTable const& candidate) const;

private:
    PooledSample const& pool_;
    Residuals const& residuals_;
    Neighbours const& neighbours_;

    std::vector<Effect> shifts(std::size_t observable, physics::ObservableInfo const& info) const;
    Effect correlations() const;
    Effect excess_of_neighbours(std::uint8_t label) const;
};

}  // namespace lowcal::validation
