#include "validation/verdict/frechet.hpp"

#include "core/sample_moments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace lowcal::validation {
namespace {

constexpr std::size_t frechet_replicas = 50;
constexpr std::uint32_t quantity = 2000;  // of the resampler

SquareMatrix product(SquareMatrix const& a, SquareMatrix const& b)
{
    auto const size = a.size();
    SquareMatrix result(size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t k = 0; k < size; ++k)
            for (std::size_t j = 0; j < size; ++j) result[i][j] += a[i][k] * b[k][j];
    return result;
}

struct Eigen {
    std::vector<double> values;
    SquareMatrix vectors;  ///< in columns
};

void rotate(SquareMatrix& matrix, SquareMatrix& vectors, std::size_t p, std::size_t q)
{
    auto const size = matrix.size();
    if (std::abs(matrix[p][q]) < 1e-300) return;
    double const theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
    double const t = std::copysign(1.0, theta) / (std::abs(theta) + std::sqrt(theta * theta + 1));
    double const c = 1 / std::sqrt(t * t + 1);
    double const s = t * c;
    for (std::size_t k = 0; k < size; ++k) {
        double const a = matrix[k][p], b = matrix[k][q];
        matrix[k][p] = c * a - s * b;
        matrix[k][q] = s * a + c * b;
    }
    for (std::size_t k = 0; k < size; ++k) {
        double const a = matrix[p][k], b = matrix[q][k];
        matrix[p][k] = c * a - s * b;
        matrix[q][k] = s * a + c * b;
        double const u = vectors[k][p], v = vectors[k][q];
        vectors[k][p] = c * u - s * v;
        vectors[k][q] = s * u + c * v;
    }
}

/// Jacobi's method for a symmetric matrix.
Eigen eigen_of(SquareMatrix matrix)
{
    auto const size = matrix.size();
    Eigen result{std::vector<double>(size), SquareMatrix(size)};
    for (std::size_t i = 0; i < size; ++i) result.vectors[i][i] = 1;
    for (int sweep = 0; sweep < 12; ++sweep)
        for (std::size_t p = 0; p < size; ++p)
            for (std::size_t q = p + 1; q < size; ++q) rotate(matrix, result.vectors, p, q);
    for (std::size_t i = 0; i < size; ++i) result.values[i] = matrix[i][i];
    return result;
}

SquareMatrix square_root(SquareMatrix const& matrix)
{
    auto const size = matrix.size();
    auto const eigen = eigen_of(matrix);
    SquareMatrix result(size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j)
            for (std::size_t k = 0; k < size; ++k)
                result[i][j] += eigen.vectors[i][k] * std::sqrt(std::max(0.0, eigen.values[k])) *
                                eigen.vectors[j][k];
    return result;
}

ObservableMoments moments_of(Residuals const& residuals, std::span<std::uint32_t const> showers)
{
    auto const size = residuals.columns().observables;
    ObservableMoments moments(size);
    for (auto const shower : showers) {
        auto const row = residuals.row(shower);
        for (std::size_t i = 0; i < size; ++i) {
            moments.mean[i] += static_cast<double>(row[i]);
            auto const line = moments.covariance[i];
            for (std::size_t j = 0; j <= i; ++j)
                line[j] += static_cast<double>(row[i]) * static_cast<double>(row[j]);
        }
    }
    auto const count = static_cast<double>(showers.size());
    for (double& mean : moments.mean) mean /= count;
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j <= i; ++j)
            moments.covariance[j][i] = moments.covariance[i][j] =
                moments.covariance[i][j] / count - moments.mean[i] * moments.mean[j];
    return moments;
}

}  // namespace

double frechet_distance(ObservableMoments const& first, ObservableMoments const& second)
{
    double distance = 0;
    for (std::size_t i = 0; i < first.mean.size(); ++i)
        distance += std::pow(first.mean[i] - second.mean[i], 2) + first.covariance[i][i] +
                    second.covariance[i][i];
    auto const root = square_root(first.covariance);
    auto const inner = eigen_of(product(product(root, second.covariance), root));
    for (double const value : inner.values) distance -= 2 * std::sqrt(std::max(0.0, value));
    return std::max(0.0, distance);
}

Distance compare_frechet(PooledSample const& pool, Residuals const& residuals,
                         BootstrapConfig const& config)
{
    std::array<std::vector<std::uint32_t>, 2> members;
    for (std::uint32_t i = 0; i < pool.count(); ++i) members[pool.labels[i]].push_back(i);
    auto const distance = [&](std::span<std::uint32_t const> a, std::span<std::uint32_t const> b) {
        return frechet_distance(moments_of(residuals, a), moments_of(residuals, b));
    };
    Distance result;
    auto order = members[0];
    auto const half = order.size() / 2;
    if (half < 2 || members[1].size() < 2) return result;
    result.value = distance(members[0], members[1]);
    std::array<std::vector<std::uint32_t>, 2> drawn = members;
    std::vector<double> values, floors;
    for (std::size_t replica = 0; replica < frechet_replicas; ++replica) {
        for (auto const role : {SampleRole::reference, SampleRole::candidate}) {
            auto const sample = static_cast<std::size_t>(role);
            Resampler({.seed = config.seed, .role = role, .quantity = quantity})(replica,
                                                                                 drawn[sample]);
            for (auto& index : drawn[sample]) index = members[sample][index];
        }
        values.push_back(distance(drawn[0], drawn[1]));
        draw_without_replacement(
            order, half, ItemRandom({.seed = config.seed, .stream = RandomStream::split}, replica));
        floors.push_back(distance(std::span(order).first(half), std::span(order).subspan(half)));
    }
    auto const one_over = [](std::size_t n) { return 1.0 / static_cast<double>(n); };
    result.error = deviation_of(values);
    result.floor = mean_of(floors) * (one_over(members[0].size()) + one_over(members[1].size())) /
                   (one_over(half) + one_over(order.size() - half));
    return result;
}

}  // namespace lowcal::validation
