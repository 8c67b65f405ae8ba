#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::validation {

/// Fits how values depend on the primary energy: polynomials of fifth degree in log E by least
/// squares. The energies are prepared once, for many columns of values.
class EnergyTrend {
public:
    static constexpr std::size_t terms = 6;
    using Row = std::array<double, terms>;

    /// `energies` in GeV, above 0. Energies that are all alike give a constant.
    explicit EnergyTrend(std::span<float const> energies);

    /// Value minus fit, [count]; `values` are finite.
    std::vector<double> residuals(std::span<double const> values) const;

    /// The fit of finite `values`, [count], and what it says at an energy in GeV; beyond the
    /// energies that it was prepared for, what it says at their end.
    Row fit(std::span<double const> values) const;
    double at(Row const& fit, float energy) const;

private:
    double low_ = 0;                    ///< log of the lowest energy,
    double range_ = 0;                  ///< and how far the highest is above it
    std::vector<Row> basis_;            ///< [count], Legendre polynomials of log E
    std::array<Row, terms> inverse_{};  ///< of the normal equations' matrix

    Row basis_at(float energy) const;
};

}  // namespace lowcal::validation
