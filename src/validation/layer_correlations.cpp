#include "validation/layer_correlations.hpp"

#include <cmath>

namespace lowcal::validation {
namespace {

constexpr std::size_t layer_column = profile_column + Window::x + Window::y;
constexpr double least_product = 1e-12;  // of variances: residuals are of order one

struct LayerSums {
    std::array<double, Window::z> values{};
    LayerCorrelations products{};  ///< below the diagonal and on it
    double count = 0;

    void add(std::span<float const> layers)
    {
        count += 1;
        for (std::size_t i = 0; i < Window::z; ++i) {
            values[i] += static_cast<double>(layers[i]);
            for (std::size_t j = 0; j <= i; ++j)
                products[i][j] += static_cast<double>(layers[i]) * static_cast<double>(layers[j]);
        }
    }
    double covariance(std::size_t i, std::size_t j) const
    {
        return products[i][j] / count - values[i] * values[j] / (count * count);
    }
};

}  // namespace

LayerCorrelations layer_correlations(Residuals const& residuals,
                                     std::span<std::uint32_t const> showers)
{
    LayerSums sums;
    for (auto const shower : showers)
        sums.add(residuals.row(shower).subspan(layer_column, Window::z));
    LayerCorrelations result{};
    for (std::size_t i = 0; i < Window::z; ++i) {
        result[i][i] = 1;
        for (std::size_t j = 0; j < i; ++j) {
            double const variances = sums.covariance(i, i) * sums.covariance(j, j);
            if (variances > least_product)
                result[i][j] = result[j][i] = sums.covariance(i, j) / std::sqrt(variances);
        }
    }
    return result;
}

}  // namespace lowcal::validation
