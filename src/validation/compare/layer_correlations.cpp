#include "validation/compare/layer_correlations.hpp"

#include <cmath>
#include <vector>

namespace lowcal::validation {
namespace {

constexpr double least_product = 1e-12;  // of variances: residuals are of order one

struct LayerSums {
    explicit LayerSums(std::size_t layers) : values(layers), products(layers) {}

    std::vector<double> values;
    SquareMatrix products;  ///< below the diagonal and on it
    double count = 0;

    void add(std::span<float const> layers)
    {
        count += 1;
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] += static_cast<double>(layers[i]);
            auto const row = products[i];
            for (std::size_t j = 0; j <= i; ++j)
                row[j] += static_cast<double>(layers[i]) * static_cast<double>(layers[j]);
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
    auto const& columns = residuals.columns();
    LayerSums sums(columns.layers);
    for (auto const shower : showers)
        sums.add(residuals.row(shower).subspan(columns.layer, columns.layers));
    LayerCorrelations result(columns.layers);
    for (std::size_t i = 0; i < columns.layers; ++i) {
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
