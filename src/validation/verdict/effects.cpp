#include "validation/verdict/effects.hpp"

#include "core/sample_moments.hpp"
#include "validation/compare/bootstrap.hpp"
#include "validation/compare/layer_correlations.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace lowcal::validation {
namespace {

constexpr std::size_t replicas = 50;       // an error known to 10 % will do for a verdict
constexpr double spread_tolerance = 10;    // %
constexpr double wrong_bin_tolerance = 2;  // %
constexpr double correlation_tolerance = 0.05;
constexpr double neighbours_tolerance = 10;  // % of the showers

/// Mean shifts that matter: % of the mean, or where that has no meaning the observable's unit.
struct Tolerance {
    double size;
    bool relative;
};

Tolerance tolerance_of(physics::ObservableKind kind)
{
    switch (kind) {
        case physics::ObservableKind::sampling_fraction:
            return {1.0, true};
        case physics::ObservableKind::longitudinal_mean:
            return {0.1, false};
        case physics::ObservableKind::transverse_mean:
            return {0.05, false};
        case physics::ObservableKind::longitudinal_width:
            return {2.0, true};
        default:
            return {3.0, true};
    }
}

struct MeanAndVariance {
    double mean = 0;
    double variance_of_mean = 0;
};

MeanAndVariance of_label(PooledSample const& pool, Residuals const& residuals, std::size_t column,
                         std::uint8_t label)
{
    double count = 0, sum = 0, squares = 0;
    for (std::size_t i = 0; i < pool.count(); ++i) {
        if (pool.labels[i] != label) continue;
        auto const value = static_cast<double>(residuals.value(i, column));
        count += 1;
        sum += value;
        squares += value * value;
    }
    double const mean = sum / count;
    return {mean, std::max(0.0, squares / count - mean * mean) / std::max(1.0, count - 1)};
}

/// Contents of one shower in the bins of a profile or of the spectrum.
void add_contents(Subject const& subject, physics::ShowerTable const& sample, std::size_t shower,
                  std::span<double> sums)
{
    if (subject.kind == Subject::Kind::cell_spectrum) {
        auto const cells = sample.cell_spectrum(shower);
        for (std::size_t bin = 0; bin < sums.size(); ++bin) sums[bin] += cells[bin];
        return;
    }
    auto const first = sample.set().profile_axes()[subject.which].first;
    auto const profile = sample.profiles(shower).subspan(first, sums.size());
    for (std::size_t bin = 0; bin < sums.size(); ++bin)
        sums[bin] += static_cast<double>(profile[bin]);
}

using Contents = std::vector<double>;

void normalise(Contents& contents)
{
    double sum = 0;
    for (double const content : contents) sum += content;
    for (double& content : contents) content = sum > 0 ? content / sum : 0.0;
}

Contents contents_of(Subject const& subject, physics::ShowerTable const& sample,
                     std::span<std::uint32_t const> showers)
{
    auto const& set = sample.set();
    Contents sums(subject.kind == Subject::Kind::cell_spectrum
                      ? set.spectrum().count
                      : set.profile_axes()[subject.which].bins);
    for (auto const shower : showers) add_contents(subject, sample, shower, sums);
    normalise(sums);
    return sums;
}

double share_in_wrong_bin(Contents const& first, Contents const& second)
{
    double sum = 0;
    for (std::size_t bin = 0; bin < first.size(); ++bin) sum += std::abs(first[bin] - second[bin]);
    return 100 * 0.5 * sum;
}

std::vector<std::uint32_t> all_of(physics::ShowerTable const& sample)
{
    std::vector<std::uint32_t> showers(sample.count());
    for (std::uint32_t i = 0; i < showers.size(); ++i) showers[i] = i;
    return showers;
}

/// The spread of a distance about itself, both samples resampled.
template <class Distance>
double bootstrap_error(std::size_t reference_count, std::size_t candidate_count, Distance distance)
{
    constexpr std::uint64_t seed = 20211;
    constexpr std::uint32_t quantity = 100;
    Resampler const first({.seed = seed, .role = SampleRole::reference, .quantity = quantity});
    Resampler const second({.seed = seed, .role = SampleRole::candidate, .quantity = quantity});
    std::vector<std::uint32_t> reference(reference_count);
    std::vector<std::uint32_t> candidate(candidate_count);
    std::vector<double> values;
    for (std::size_t replica = 0; replica < replicas; ++replica) {
        first(replica, reference);
        second(replica, candidate);
        values.push_back(distance(reference, candidate));
    }
    return deviation_of(values);
}

Effect wrong_bins(Subject const& subject, physics::ShowerTable const& reference,
                  physics::ShowerTable const& candidate)
{
    auto const distance = [&](std::span<std::uint32_t const> first,
                              std::span<std::uint32_t const> second) {
        return share_in_wrong_bin(contents_of(subject, reference, first),
                                  contents_of(subject, candidate, second));
    };
    return {.what = subject.kind == Subject::Kind::cell_spectrum ? "cells in the wrong bin"
                                                                 : "energy in the wrong bin",
            .unit = "%",
            .value = distance(all_of(reference), all_of(candidate)),
            .error = bootstrap_error(reference.count(), candidate.count(), distance),
            .tolerance = wrong_bin_tolerance};
}

}  // namespace

std::vector<Effect> EffectSizes::shifts(std::size_t observable,
                                        physics::ObservableInfo const& info) const
{
    auto const spread_column = residuals_.columns().spread;
    auto const [size, relative] = tolerance_of(info.kind);
    auto const difference = [&](std::size_t which) {
        auto const first = of_label(pool_, residuals_, which, 0);
        auto const second = of_label(pool_, residuals_, which, 1);
        return std::pair(second.mean - first.mean,
                         std::sqrt(first.variance_of_mean + second.variance_of_mean));
    };
    auto const [shift, shift_error] = difference(observable);
    double const spread = residuals_.spread(observable);
    // The pool's mean, and how far the reference lies from it.
    double const reference_mean =
        residuals_.mean(observable) + spread * of_label(pool_, residuals_, observable, 0).mean;
    double const unit = relative ? 100 * spread / reference_mean : spread;
    auto const [wider, wider_error] = difference(spread_column + observable);
    double const usual = of_label(pool_, residuals_, spread_column + observable, 0).mean;
    return {{.what = "mean shift",
             .unit = relative ? "%" : info.unit,
             .value = shift * unit,
             .error = shift_error * unit,
             .tolerance = size},
            {.what = "change of spread",
             .unit = "%",
             .value = 100 * wider / usual,
             .error = 100 * wider_error / usual,
             .tolerance = spread_tolerance}};
}

Effect EffectSizes::correlations() const
{
    std::array<std::vector<std::uint32_t>, 2> members;
    for (std::uint32_t i = 0; i < pool_.count(); ++i) members[pool_.labels[i]].push_back(i);
    auto const distance = [&](std::span<std::uint32_t const> first,
                              std::span<std::uint32_t const> second) {
        auto const a = layer_correlations(residuals_, first);
        auto const b = layer_correlations(residuals_, second);
        double squares = 0;
        for (std::size_t i = 0; i < a.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) squares += std::pow(a[i][j] - b[i][j], 2);
        return std::sqrt(2 * squares / static_cast<double>(a.size() * (a.size() - 1)));
    };
    auto const drawn = [&](std::size_t label, std::span<std::uint32_t const> indices) {
        std::vector<std::uint32_t> showers;
        for (auto const index : indices) showers.push_back(members[label][index]);
        return showers;
    };
    return {.what = "r.m.s. difference of coefficients",
            .unit = "",
            .value = distance(members[0], members[1]),
            .error = bootstrap_error(members[0].size(), members[1].size(),
                                     [&](auto const& first, auto const& second) {
                                         return distance(drawn(0, first), drawn(1, second));
                                     }),
            .tolerance = correlation_tolerance};
}

Effect EffectSizes::excess_of_neighbours(std::uint8_t label) const
{
    auto const count = static_cast<double>(std::ranges::count(pool_.labels, label));
    auto const same =
        static_cast<double>(same_neighbours(neighbours_, pool_.labels, label)) / count;
    double const expected = (count - 1) / (static_cast<double>(pool_.count()) - 1);
    // Mutual neighbours, about two thirds of all, count twice.
    double const variance = expected * (1 - expected) * (1 + 2.0 / 3.0) / count;
    return {.what = label == 1 ? "candidate showers too close to each other"
                               : "reference showers far from the candidate's",
            .unit = "%",
            .value = 100 * std::max(0.0, same - expected),
            .error = 100 * std::sqrt(variance),
            .tolerance = neighbours_tolerance};
}

std::vector<Effect> EffectSizes::operator()(Subject const& subject,
                                            physics::ShowerTable const& reference,
                                            physics::ShowerTable const& candidate) const
{
    switch (subject.kind) {
        case Subject::Kind::observable:
            return shifts(subject.which, reference.set().observables()[subject.which]);
        case Subject::Kind::layer_correlations:
            return {correlations()};
        case Subject::Kind::coverage:
            return {excess_of_neighbours(0)};
        case Subject::Kind::diversity:
            return {excess_of_neighbours(1)};
        default:
            return {wrong_bins(subject, reference, candidate)};
    }
}

}  // namespace lowcal::validation
