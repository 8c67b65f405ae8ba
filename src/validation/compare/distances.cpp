#include "validation/compare/distances.hpp"

#include "core/random.hpp"
#include "core/sample_moments.hpp"
#include "physics/energy_bins.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace lowcal::validation {
namespace {

constexpr std::size_t histogram_bins = 20;
/// Of the reference, below the first and above the last cut.
constexpr double share_outside = 0.005;
constexpr std::size_t floor_splits = 50;
constexpr std::uint32_t first_quantity = 1000;  // of the resampler: those below are in use

/// Two samples' values in one order, so that replicas, which only weigh them anew, need no sorting.
class SortedPair {
public:
    SortedPair(std::span<double const> reference, std::span<double const> candidate,
               std::span<double const> cuts)
        : sizes_{reference.size(), candidate.size()}
    {
        for (std::uint32_t i = 0; i < reference.size(); ++i)
            entries_.push_back({reference[i], i, 0, 0});
        for (std::uint32_t i = 0; i < candidate.size(); ++i)
            entries_.push_back({candidate[i], i, 1, 0});
        std::ranges::sort(entries_, {}, &Entry::value);
        for (auto& entry : entries_)
            entry.bin = static_cast<std::uint8_t>(std::ranges::upper_bound(cuts, entry.value) -
                                                  cuts.begin());
    }

    /// `weights[sample][value]` sum to the samples' sizes.
    ValueDistances operator()(std::array<std::span<std::uint8_t const>, 2> weights) const
    {
        return walk([&](Entry const& entry) { return weights[entry.sample][entry.index]; });
    }
    ValueDistances operator()() const
    {
        return walk([](Entry const&) { return 1; });
    }
    /// The values of the reference alone, some of them (1) against the others (0).
    ValueDistances halves(std::span<std::uint8_t const> half, std::size_t ones) const;

private:
    struct Entry {
        double value;
        std::uint32_t index;
        std::uint8_t sample;
        std::uint8_t bin;
    };
    template <class Weight>
    ValueDistances walk(Weight weight) const;

    std::array<std::size_t, 2> sizes_;
    std::vector<Entry> entries_;
};

/// Adds up what a walk along sorted values meets.
class Accumulator {
public:
    explicit Accumulator(std::array<double, 2> steps) : steps_(steps) {}

    void add(double value, std::size_t sample, double weight, std::size_t bin)
    {
        if (started_ && value > last_) {
            result_.kolmogorov_smirnov =
                std::max(result_.kolmogorov_smirnov, std::abs(difference_));
            result_.wasserstein += std::abs(difference_) * (value - last_);
        }
        started_ = true;
        last_ = value;
        difference_ += (sample == 0 ? 1 : -1) * steps_[sample] * weight;
        contents_[sample][bin] += steps_[sample] * weight;
    }
    ValueDistances result()
    {
        for (std::size_t bin = 0; bin < histogram_bins; ++bin) {
            double const sum = contents_[0][bin] + contents_[1][bin];
            if (sum > 0)
                result_.separation +=
                    0.5 * std::pow(contents_[0][bin] - contents_[1][bin], 2) / sum;
        }
        return result_;
    }

private:
    std::array<double, 2> steps_;
    ValueDistances result_{};
    double difference_ = 0;
    double last_ = 0;
    bool started_ = false;
    std::array<std::array<double, histogram_bins>, 2> contents_{};
};

double one_over(std::size_t count)
{
    return 1.0 / static_cast<double>(count);
}

template <class Weight>
ValueDistances SortedPair::walk(Weight weight) const
{
    Accumulator sum({one_over(sizes_[0]), one_over(sizes_[1])});
    for (auto const& entry : entries_)
        if (auto const times = static_cast<double>(weight(entry)); times > 0)
            sum.add(entry.value, entry.sample, times, entry.bin);
    return sum.result();
}

ValueDistances SortedPair::halves(std::span<std::uint8_t const> half, std::size_t ones) const
{
    Accumulator sum({one_over(sizes_[0] - ones), one_over(ones)});
    for (auto const& entry : entries_)
        if (entry.sample == 0) sum.add(entry.value, half[entry.index], 1, entry.bin);
    return sum.result();
}

std::vector<double> values_in(physics::ShowerTable const& sample, std::size_t observable,
                              EnergyBin const& bin)
{
    std::vector<double> values;
    for (std::size_t shower = 0; shower < sample.count(); ++shower)
        if (bin.contains(static_cast<double>(sample.primary_energy()[shower])) &&
            !std::isnan(sample.values(observable)[shower]))
            values.push_back(sample.values(observable)[shower]);
    return values;
}

/// Copies of each value in a replica.
std::vector<std::uint8_t> drawn_weights(Resampler const& resample, std::size_t replica,
                                        std::size_t count)
{
    std::vector<std::uint32_t> drawn(count);
    resample(replica, drawn);
    std::vector<std::uint8_t> weights(count);
    for (auto const index : drawn) ++weights[index];
    return weights;
}

std::vector<double> shares(std::span<double const> values, std::span<double const> cuts)
{
    std::vector<double> result(cuts.size() + 1, 0.0);
    for (double const value : values)
        result[static_cast<std::size_t>(std::ranges::upper_bound(cuts, value) - cuts.begin())] +=
            one_over(values.size());
    return result;
}

struct Triple {
    std::vector<double> kolmogorov_smirnov, wasserstein, separation;
    void add(ValueDistances const& distances)
    {
        kolmogorov_smirnov.push_back(distances.kolmogorov_smirnov);
        wasserstein.push_back(distances.wasserstein);
        separation.push_back(distances.separation);
    }
};

struct Sizes {
    std::size_t reference;
    std::size_t candidate;
};

void set_errors(SortedPair const& pair, Sizes sizes, std::uint32_t quantity,
                BootstrapConfig const& config, ObservableRow& row)
{
    auto const resampler = [&](SampleRole role) {
        return Resampler({.seed = config.seed, .role = role, .quantity = quantity});
    };
    Triple replicas;
    for (std::size_t i = 0; i < config.replicas; ++i) {
        auto const first = drawn_weights(resampler(SampleRole::reference), i, sizes.reference);
        auto const second = drawn_weights(resampler(SampleRole::candidate), i, sizes.candidate);
        replicas.add(pair({first, second}));
    }
    row.kolmogorov_smirnov.error = deviation_of(replicas.kolmogorov_smirnov);
    row.wasserstein.error = deviation_of(replicas.wasserstein);
    row.separation.error = deviation_of(replicas.separation);
}

void set_floors(SortedPair const& pair, Sizes sizes, std::uint64_t seed, ObservableRow& row)
{
    std::vector<std::uint32_t> order(sizes.reference);
    std::iota(order.begin(), order.end(), 0U);
    auto const ones = sizes.reference / 2;
    Triple splits;
    for (std::size_t split = 0; split < floor_splits; ++split) {
        draw_without_replacement(order, ones,
                                 ItemRandom({.seed = seed, .stream = RandomStream::split}, split));
        std::vector<std::uint8_t> half(sizes.reference);
        for (std::size_t i = 0; i < ones; ++i) half[order[i]] = 1;
        splits.add(pair.halves(half, ones));
    }
    double const scale = (one_over(sizes.reference) + one_over(sizes.candidate)) /
                         (one_over(ones) + one_over(sizes.reference - ones));
    row.kolmogorov_smirnov.floor = mean_of(splits.kolmogorov_smirnov) * std::sqrt(scale);
    row.wasserstein.floor = mean_of(splits.wasserstein) * std::sqrt(scale);
    row.separation.floor = mean_of(splits.separation) * scale;
}

void set_distances(physics::ShowerTable const& reference, physics::ShowerTable const& candidate,
                   std::uint32_t bin_number, BootstrapConfig const& config, ObservableRow& row)
{
    auto const first = values_in(reference, row.observable, row.bin);
    auto const second = values_in(candidate, row.observable, row.bin);
    if (first.empty() || second.empty()) return;
    auto const cuts = separation_cuts(first);
    row.histogram = {.cuts = cuts,
                     .reference = shares(first, cuts),
                     .candidate = shares(second, cuts),
                     .reference_count = first.size(),
                     .candidate_count = second.size()};
    SortedPair const pair(first, second, cuts);
    auto const values = pair();
    row.kolmogorov_smirnov.value = values.kolmogorov_smirnov;
    row.wasserstein.value = values.wasserstein;
    row.separation.value = values.separation;
    Sizes const sizes{first.size(), second.size()};
    if (std::min(sizes.reference, sizes.candidate) < 2) return;
    set_errors(pair, sizes, first_quantity + bin_number, config, row);
    set_floors(pair, sizes, config.seed, row);
}

}  // namespace

std::vector<double> separation_cuts(std::span<double const> reference)
{
    if (reference.empty()) return {};
    std::vector<double> sorted(reference.begin(), reference.end());
    std::ranges::sort(sorted);
    auto const last = static_cast<double>(sorted.size() - 1);
    double const low = sorted[static_cast<std::size_t>(share_outside * last)];
    double const high = sorted[static_cast<std::size_t>(std::ceil((1 - share_outside) * last))];
    std::vector<double> cuts;
    for (std::size_t i = 1; i < histogram_bins; ++i)
        cuts.push_back(low + (high - low) * static_cast<double>(i) / histogram_bins);
    return cuts;
}

ValueDistances value_distances(std::span<double const> reference, std::span<double const> candidate,
                               std::span<double const> cuts)
{
    return SortedPair(reference, candidate, cuts)();
}

std::vector<ObservableRow> compare_observables(physics::ShowerTable const& reference,
                                               physics::ShowerTable const& candidate,
                                               BootstrapConfig const& config)
{
    std::vector<ObservableRow> rows;
    auto const& set = reference.set();
    auto const bins = physics::statistics_bins(set.detector());
    for (std::size_t observable = 0; observable < set.observables().size(); ++observable) {
        for (std::uint32_t i = 0; i < bins.size(); ++i) {
            auto const of = [&](physics::ShowerTable const& sample, SampleRole role) {
                return replicate(sample, observable,
                                 {.bin = bins[i], .role = role, .quantity = 1 + i}, config)
                    .result;
            };
            ObservableRow row{.observable = observable,
                              .bin = bins[i],
                              .reference = of(reference, SampleRole::reference),
                              .candidate = of(candidate, SampleRole::candidate),
                              .kolmogorov_smirnov = {},
                              .wasserstein = {},
                              .separation = {},
                              .histogram = {}};
            set_distances(reference, candidate, i, config, row);
            rows.push_back(row);
        }
    }
    return rows;
}

}  // namespace lowcal::validation
