#include "validation/compare/pooled_sample.hpp"

#include "core/random.hpp"
#include "physics/energy_bins.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace lowcal::validation {
namespace {

constexpr std::size_t showers_per_stratum = 20;

/// A shower of the pool; `position` orders those of equal energy.
struct Entry {
    float energy;
    std::uint32_t position;
    std::uint8_t label;
    std::uint32_t source;
};

std::vector<std::uint32_t> order_of_energy(std::span<float const> energies)
{
    std::vector<std::uint32_t> order(energies.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, {}, [&](auto shower) { return energies[shower]; });
    return order;
}

/// Shower by shower, so that a reference and its candidate stand side by side.
std::vector<Entry> paired_entries(physics::ShowerTable const& reference)
{
    std::vector<Entry> entries;
    for (auto const shower : order_of_energy(reference.primary_energy()))
        for (std::uint8_t const label : {std::uint8_t{0}, std::uint8_t{1}})
            entries.push_back({reference.primary_energy()[shower], 0, label, shower});
    return entries;
}

std::vector<Entry> mixed_entries(physics::ShowerTable const& reference,
                                 physics::ShowerTable const& candidate)
{
    std::vector<Entry> entries;
    auto const append = [&](physics::ShowerTable const& sample, std::uint8_t label) {
        for (std::uint32_t shower = 0; shower < sample.count(); ++shower)
            entries.push_back({sample.primary_energy()[shower], shower, label, shower});
    };
    append(reference, 0);
    append(candidate, 1);
    std::ranges::stable_sort(entries, {},
                             [](Entry const& e) { return std::pair(e.energy, e.position); });
    return entries;
}

PoolRange range_of(std::vector<float> const& energy, EnergyBin const& bin)
{
    auto const place = [&](double edge) {
        return static_cast<std::size_t>(
            std::ranges::lower_bound(energy, edge, {},
                                     [](float value) { return static_cast<double>(value); }) -
            energy.begin());
    };
    return {place(bin.low), place(bin.high)};
}

std::vector<PoolRange> cut(PooledSample const& pool, EnergyMatch match)
{
    std::vector<PoolRange> strata;
    if (match == EnergyMatch::same_energies) {
        for (std::size_t i = 0; i < pool.count(); i += 2) strata.push_back({i, i + 2});
        return strata;
    }
    std::set<std::size_t> edges{0, pool.count()};
    for (auto const& range : pool.bin_ranges) edges.insert({range.first, range.last});
    for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge) {
        auto const size = *std::next(edge) - *edge;
        auto const parts = std::max<std::size_t>(1, size / showers_per_stratum);
        for (std::size_t i = 0; i < parts; ++i)
            strata.push_back({*edge + size * i / parts, *edge + size * (i + 1) / parts});
    }
    return strata;
}

}  // namespace

PooledSample pool(physics::ShowerTable const& reference, physics::ShowerTable const& candidate,
                  EnergyMatch match)
{
    PooledSample pool;
    bool const paired = match == EnergyMatch::same_energies;
    for (auto const& entry :
         paired ? paired_entries(reference) : mixed_entries(reference, candidate)) {
        pool.energy.push_back(entry.energy);
        pool.source.push_back(entry.source);
        pool.labels.push_back(entry.label);
    }
    pool.bins = physics::statistics_bins(reference.set().detector());
    for (auto const& bin : pool.bins) pool.bin_ranges.push_back(range_of(pool.energy, bin));
    pool.strata = cut(pool, match);
    return pool;
}

void permute_labels(PooledSample const& pool, std::uint64_t seed, std::size_t permutation,
                    Labels& labels)
{
    labels = pool.labels;
    std::vector<std::uint32_t> bits(pool.count());
    ItemRandom({.seed = seed, .stream = RandomStream::permutation}, permutation).bits(bits);
    for (auto const& stratum : pool.strata) {
        for (std::size_t i = stratum.first; i + 1 < stratum.last; ++i) {
            auto const left = static_cast<std::uint64_t>(stratum.last - i);
            std::swap(labels[i], labels[i + static_cast<std::size_t>((bits[i] * left) >> 32)]);
        }
    }
}

}  // namespace lowcal::validation
