#include "validation/compare/bootstrap.hpp"

#include "core/sample_moments.hpp"

#include <cassert>
#include <cmath>
#include <utility>

namespace lowcal::validation {

void Resampler::operator()(std::size_t replica, std::span<std::uint32_t> drawn) const
{
    assert(replica < (std::uint64_t{1} << 31));
    auto const item = (std::uint64_t{config_.quantity} << 32) |
                      (static_cast<std::uint64_t>(replica) << 1) |
                      static_cast<std::uint64_t>(config_.role);
    ItemRandom({.seed = config_.seed, .stream = RandomStream::bootstrap}, item).bits(drawn);
    auto const size = static_cast<std::uint64_t>(drawn.size());
    for (auto& index : drawn) index = static_cast<std::uint32_t>((index * size) >> 32);
}

void draw_without_replacement(std::span<std::uint32_t> order, std::size_t chosen, ItemRandom random)
{
    std::vector<std::uint32_t> bits(chosen);
    random.bits(bits);
    for (std::size_t i = 0; i < chosen; ++i) {
        auto const left = static_cast<std::uint64_t>(order.size() - i);
        std::swap(order[i], order[i + static_cast<std::size_t>((bits[i] * left) >> 32)]);
    }
}

std::vector<physics::Profiles> resampled_profiles(physics::ShowerTable const& sample,
                                                  SampleRole role, BootstrapConfig const& config)
{
    Resampler const resample({.seed = config.seed, .role = role, .quantity = 0});
    std::vector<std::uint32_t> drawn(sample.count());
    auto const bins = sample.set().profile_bins();
    std::vector<physics::Profiles> replicas(config.replicas, physics::Profiles(bins));
    for (std::size_t replica = 0; replica < config.replicas; ++replica) {
        auto& mean = replicas[replica];
        resample(replica, drawn);
        for (auto const shower : drawn) {
            auto const profiles = sample.profiles(shower);
            for (std::size_t bin = 0; bin < bins; ++bin)
                mean[bin] += static_cast<double>(profiles[bin]);
        }
        for (double& value : mean) value /= static_cast<double>(sample.count());
    }
    return replicas;
}

physics::Profiles profile_errors(std::span<physics::Profiles const> replicas,
                                 physics::ShowerTable const& sample)
{
    physics::Profiles errors(sample.set().profile_bins(), not_known);
    if (sample.count() < 2) return errors;
    std::vector<double> values(replicas.size());
    for (std::size_t bin = 0; bin < errors.size(); ++bin) {
        for (std::size_t i = 0; i < replicas.size(); ++i) values[i] = replicas[i][bin];
        errors[bin] = deviation_of(values);
    }
    return errors;
}

}  // namespace lowcal::validation
