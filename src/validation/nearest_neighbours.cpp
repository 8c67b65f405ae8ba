#include "validation/nearest_neighbours.hpp"

#include "core/worker_pool.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lowcal::validation {
namespace {

constexpr std::size_t showers_aside = 200;
constexpr std::size_t layer_column = profile_column + Window::x + Window::y;
constexpr std::size_t dimensions = physics::observable_count + Window::z;
using Point = std::array<float, dimensions>;

std::vector<Point> points_of(Residuals const& residuals)
{
    std::vector<Point> points(residuals.count());
    for (std::size_t i = 0; i < points.size(); ++i) {
        auto const row = residuals.row(i);
        std::ranges::copy(row.first(physics::observable_count), points[i].begin());
        std::ranges::copy(row.subspan(layer_column, Window::z),
                          points[i].begin() + physics::observable_count);
    }
    return points;
}

float squared_distance(Point const& first, Point const& second)
{
    float sum = 0;
    for (std::size_t i = 0; i < dimensions; ++i)
        sum += (first[i] - second[i]) * (first[i] - second[i]);
    return sum;
}

}  // namespace

Neighbours find_neighbours(Residuals const& residuals, int threads)
{
    auto const points = points_of(residuals);
    Neighbours result{std::vector<std::uint32_t>(points.size()),
                      std::vector<float>(points.size(), std::numeric_limits<float>::max())};
    auto const find = [&](std::size_t i) {
        auto const first = i > showers_aside ? i - showers_aside : 0;
        auto const last = std::min(points.size(), i + showers_aside + 1);
        for (std::size_t j = first; j < last; ++j) {
            if (j == i) continue;
            float const distance = squared_distance(points[i], points[j]);
            if (distance >= result.distance[i]) continue;
            result.distance[i] = distance;
            result.nearest[i] = static_cast<std::uint32_t>(j);
        }
        result.distance[i] = std::sqrt(result.distance[i]);
    };
    WorkerPool workers(threads);
    workers.run([&](int worker) {
        for (auto i = static_cast<std::size_t>(worker); i < points.size();
             i += static_cast<std::size_t>(threads))
            find(i);
    });
    return result;
}

std::vector<float> distances_to_reference(Residuals const& residuals, Labels const& labels)
{
    auto const points = points_of(residuals);
    std::vector<float> distances;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (labels[i] == 0) continue;
        float nearest = std::numeric_limits<float>::infinity();
        auto const first = i > showers_aside ? i - showers_aside : 0;
        for (auto j = first; j < std::min(points.size(), i + showers_aside + 1); ++j)
            if (labels[j] == 0) nearest = std::min(nearest, squared_distance(points[i], points[j]));
        distances.push_back(std::sqrt(nearest));
    }
    return distances;
}

std::size_t same_neighbours(Neighbours const& neighbours, Labels const& labels, std::uint8_t label)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < labels.size(); ++i)
        count += labels[i] == label && labels[neighbours.nearest[i]] == label;
    return count;
}

}  // namespace lowcal::validation
