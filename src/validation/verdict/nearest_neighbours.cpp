#include "validation/verdict/nearest_neighbours.hpp"

#include "core/processes/worker_pool.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowcal::validation {
namespace {

constexpr std::size_t showers_aside = 200;

/// Showers of a pool as points: their observables' and layers' residuals.
class Points {
public:
    explicit Points(Residuals const& residuals)
        : dimensions_(residuals.columns().observables + residuals.columns().layers),
          count_(residuals.count())
    {
        auto const& columns = residuals.columns();
        values_.reserve(count_ * dimensions_);
        for (std::size_t i = 0; i < count_; ++i) {
            auto const row = residuals.row(i);
            auto const layers = row.subspan(columns.layer, columns.layers);
            values_.insert(values_.end(), row.begin(),
                           row.begin() + static_cast<std::ptrdiff_t>(columns.observables));
            values_.insert(values_.end(), layers.begin(), layers.end());
        }
    }
    std::size_t size() const { return count_; }
    float squared_distance(std::size_t i, std::size_t j) const
    {
        float const* const first = &values_[i * dimensions_];
        float const* const second = &values_[j * dimensions_];
        float sum = 0;
        for (std::size_t k = 0; k < dimensions_; ++k)
            sum += (first[k] - second[k]) * (first[k] - second[k]);
        return sum;
    }

private:
    std::size_t dimensions_;
    std::size_t count_;
    std::vector<float> values_;  ///< [count][dimensions]
};

}  // namespace

Neighbours find_neighbours(Residuals const& residuals, int threads)
{
    Points const points(residuals);
    Neighbours result{std::vector<std::uint32_t>(points.size()),
                      std::vector<float>(points.size(), std::numeric_limits<float>::max())};
    auto const find = [&](std::size_t i) {
        auto const first = i > showers_aside ? i - showers_aside : 0;
        auto const last = std::min(points.size(), i + showers_aside + 1);
        for (std::size_t j = first; j < last; ++j) {
            if (j == i) continue;
            float const distance = points.squared_distance(i, j);
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
    Points const points(residuals);
    std::vector<float> distances;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (labels[i] == 0) continue;
        float nearest = std::numeric_limits<float>::infinity();
        auto const first = i > showers_aside ? i - showers_aside : 0;
        for (auto j = first; j < std::min(points.size(), i + showers_aside + 1); ++j)
            if (labels[j] == 0) nearest = std::min(nearest, points.squared_distance(i, j));
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
