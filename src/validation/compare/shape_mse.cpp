#include "validation/compare/shape_mse.hpp"

#include "core/random.hpp"
#include "core/sample_moments.hpp"
#include "physics/shape_mse.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <vector>

namespace lowcal::validation {
namespace {

physics::Profiles sum_of(physics::ShowerTable const& sample, std::span<std::uint32_t const> showers)
{
    physics::Profiles sum(sample.set().profile_bins());
    for (auto const shower : showers) {
        auto const profiles = sample.profiles(shower);
        for (std::size_t bin = 0; bin < sum.size(); ++bin)
            sum[bin] += static_cast<double>(profiles[bin]);
    }
    return sum;
}

double distance_between(physics::ShowerTable const& sample, std::span<std::uint32_t const> first,
                        std::span<std::uint32_t const> second)
{
    auto candidate = sum_of(sample, first);
    auto reference = sum_of(sample, second);
    for (double& value : candidate) value /= static_cast<double>(first.size());
    for (double& value : reference) value /= static_cast<double>(second.size());
    return physics::shape_mse(candidate, reference, sample.set().profile_axes());
}

}  // namespace

double shape_mse_error(ReplicaPair const& replicas)
{
    assert(replicas.candidate.size() == replicas.reference.size());
    if (replicas.smaller_sample < 2) return not_known;
    std::vector<double> values;
    for (std::size_t i = 0; i < replicas.candidate.size(); ++i)
        values.push_back(
            physics::shape_mse(replicas.candidate[i], replicas.reference[i], replicas.axes));
    return deviation_of(values);
}

double shape_mse_floor(physics::ShowerTable const& reference, FloorConfig const& config)
{
    auto const size = reference.count();
    if (size < 2 || config.candidate_showers == 0) return not_known;
    std::vector<std::uint32_t> order(size);
    std::iota(order.begin(), order.end(), 0U);
    auto const first = std::span(order).first(size / 2);
    auto const second = std::span(order).subspan(size / 2);
    double sum = 0;
    for (std::size_t split = 0; split < config.splits; ++split) {
        ItemRandom const random({.seed = config.seed, .stream = RandomStream::split}, split);
        draw_without_replacement(order, first.size(), random);
        sum += distance_between(reference, first, second);
    }
    auto const one_over = [](std::size_t n) { return 1.0 / static_cast<double>(n); };
    double const of_halves = one_over(first.size()) + one_over(second.size());
    double const of_comparison = one_over(config.candidate_showers) + one_over(size);
    return sum / static_cast<double>(config.splits) * of_comparison / of_halves;
}

}  // namespace lowcal::validation
