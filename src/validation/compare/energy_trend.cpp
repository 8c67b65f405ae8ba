#include "validation/compare/energy_trend.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::validation {
namespace {

using Matrix = std::array<EnergyTrend::Row, EnergyTrend::terms>;

/// Legendre polynomials of degrees 0 to 5 at x in [-1, 1].
EnergyTrend::Row legendre(double x)
{
    EnergyTrend::Row row{1.0, x};
    for (std::size_t n = 1; n + 1 < row.size(); ++n) {
        auto const degree = static_cast<double>(n);
        row[n + 1] = ((2 * degree + 1) * x * row[n] - degree * row[n - 1]) / (degree + 1);
    }
    return row;
}

/// Inverse of a symmetric positive matrix by Gauss and Jordan.
Matrix inverse_of(Matrix matrix)
{
    Matrix inverse{};
    for (std::size_t i = 0; i < matrix.size(); ++i) inverse[i][i] = 1.0;
    for (std::size_t pivot = 0; pivot < matrix.size(); ++pivot) {
        double const scale = 1.0 / matrix[pivot][pivot];
        for (std::size_t j = 0; j < matrix.size(); ++j) {
            matrix[pivot][j] *= scale;
            inverse[pivot][j] *= scale;
        }
        for (std::size_t i = 0; i < matrix.size(); ++i) {
            if (i == pivot) continue;
            double const factor = matrix[i][pivot];
            for (std::size_t j = 0; j < matrix.size(); ++j) {
                matrix[i][j] -= factor * matrix[pivot][j];
                inverse[i][j] -= factor * inverse[pivot][j];
            }
        }
    }
    return inverse;
}

}  // namespace

EnergyTrend::EnergyTrend(std::span<float const> energies)
{
    if (energies.empty()) return;
    auto const [lowest, highest] = std::ranges::minmax(energies);
    low_ = std::log(static_cast<double>(lowest));
    range_ = std::log(static_cast<double>(highest)) - low_;
    Matrix normal{};
    for (float const energy : energies) {
        basis_.push_back(basis_at(energy));
        for (std::size_t i = 0; i < terms; ++i)
            for (std::size_t j = 0; j < terms; ++j)
                normal[i][j] += basis_.back()[i] * basis_.back()[j];
    }
    // Few distinct energies leave the higher terms open: this holds them near zero.
    auto const count = static_cast<double>(energies.size());
    for (std::size_t i = 0; i < terms; ++i) normal[i][i] += (i == 0 ? 1e-12 : 1e-6) * count;
    inverse_ = inverse_of(normal);
}

EnergyTrend::Row EnergyTrend::basis_at(float energy) const
{
    double const place = range_ > 0 ? (std::log(static_cast<double>(energy)) - low_) / range_ : 0.5;
    return legendre(2 * std::clamp(place, 0.0, 1.0) - 1);
}

EnergyTrend::Row EnergyTrend::fit(std::span<double const> values) const
{
    Row sums{};
    for (std::size_t shower = 0; shower < basis_.size(); ++shower)
        for (std::size_t i = 0; i < terms; ++i) sums[i] += basis_[shower][i] * values[shower];
    Row result{};
    for (std::size_t i = 0; i < terms; ++i)
        for (std::size_t j = 0; j < terms; ++j) result[i] += inverse_[i][j] * sums[j];
    return result;
}

std::vector<double> EnergyTrend::residuals(std::span<double const> values) const
{
    auto const coefficients = fit(values);
    std::vector<double> result(values.begin(), values.end());
    for (std::size_t shower = 0; shower < basis_.size(); ++shower)
        for (std::size_t i = 0; i < terms; ++i)
            result[shower] -= coefficients[i] * basis_[shower][i];
    return result;
}

double EnergyTrend::at(Row const& fit, float energy) const
{
    auto const basis = basis_at(energy);
    double value = 0;
    for (std::size_t i = 0; i < terms; ++i) value += fit[i] * basis[i];
    return value;
}

}  // namespace lowcal::validation
