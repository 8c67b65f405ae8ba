#include "validation/verdict/memorisation.hpp"

#include "validation/compare/pooled_sample.hpp"
#include "validation/verdict/nearest_neighbours.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

constexpr double closest_share = 0.05;

}  // namespace

std::vector<float> distances_to_training(physics::ShowerTable const& training,
                                         physics::ShowerTable const& sample)
{
    if (training.count() == 0 || sample.count() == 0) return {};
    auto const pooled = pool(training, sample, EnergyMatch::same_distribution);
    return distances_to_reference(Residuals(pooled, training, sample), pooled.labels);
}

Memorisation compare_memorisation(std::vector<float> reference, std::vector<float> const& candidate)
{
    if (reference.empty() || candidate.empty()) return {};
    std::ranges::sort(reference);
    auto const n = static_cast<double>(reference.size());
    auto const m = static_cast<double>(candidate.size());
    float const limit = reference[static_cast<std::size_t>(closest_share * n)];
    auto const closer = [limit](float distance) { return distance < limit; };
    Memorisation result;
    result.expected = static_cast<double>(std::ranges::count_if(reference, closer)) / n;
    result.share = static_cast<double>(std::ranges::count_if(candidate, closer)) / m;
    double const joint = (result.expected * n + result.share * m) / (n + m);
    double const variance = joint * (1 - joint) * (1 / n + 1 / m);
    result.sigmas = variance > 0 ? (result.share - result.expected) / std::sqrt(variance) : 0.0;
    return result;
}

}  // namespace lowcal::validation
