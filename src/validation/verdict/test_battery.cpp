#include "validation/verdict/test_battery.hpp"

#include "validation/verdict/significance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

namespace lowcal::validation {

namespace {

// Residuals are of order one and summed as float32: smaller variances are rounding.
constexpr double least_variance = 1e-6;

struct Sample {
    double count;
    double mean;
    double variance;
};

Sample sample_of(double count, double sum, double squares)
{
    double const mean = sum / count;
    return {count, mean, std::max(0.0, squares / count - mean * mean)};
}

/// Student's t with unequal variances (Welch); 0 where nothing varies and nothing differs.
double welch(Sample const& first, Sample const& second)
{
    double const difference = first.mean - second.mean;
    if (std::max({first.variance, second.variance, difference * difference}) < least_variance)
        return 0;
    auto const variance = [](Sample const& sample) {
        return std::max(sample.variance, least_variance) / sample.count;
    };
    return difference / std::sqrt(variance(first) + variance(second));
}

bool inside(PoolRange const& piece, PoolRange const& range)
{
    return piece.first >= range.first && piece.last <= range.last;
}

/// Adds the numbers of a row and their squares.
void add_row(std::span<float const> row, float* __restrict values, float* __restrict squares)
{
    float const* const number = row.data();
    for (std::size_t i = 0; i < row.size(); ++i) {
        values[i] += number[i];
        squares[i] += number[i] * number[i];
    }
}

}  // namespace

LayerProducts::LayerProducts(std::size_t layers)
    : values_(layers), squares_(layers), products_(layers * (layers - 1) / 2)
{
}

void LayerProducts::clear()
{
    count_ = 0;
    for (auto* const sums : {&values_, &squares_, &products_}) std::ranges::fill(*sums, 0.0F);
}

void LayerProducts::add(std::span<float const> layers)
{
    count_ += 1;
    add_row(layers, values_.data(), squares_.data());
    float* __restrict pair = products_.data();
    for (std::size_t i = 0; i + 1 < layers.size(); ++i) {
        float const one = layers[i];
        float const* const others = layers.data() + i + 1;
        auto const count = layers.size() - i - 1;
        for (std::size_t j = 0; j < count; ++j) pair[j] += one * others[j];
        pair += count;
    }
}

void LayerProducts::fisher(std::span<double> result) const
{
    auto const layer = [&](std::size_t i) {
        return sample_of(count_, static_cast<double>(values_[i]), static_cast<double>(squares_[i]));
    };
    std::size_t pair = 0;
    for (std::size_t i = 0; i < values_.size(); ++i)
        for (std::size_t j = i + 1; j < values_.size(); ++j, ++pair) {
            auto const [a, b] = std::pair(layer(i), layer(j));
            result[pair] = std::nan("");
            if (std::min(a.variance, b.variance) < least_variance) continue;
            double const covariance =
                static_cast<double>(products_[pair]) / count_ - a.mean * b.mean;
            double const correlation = covariance / std::sqrt(a.variance * b.variance);
            result[pair] = std::atanh(std::clamp(correlation, -0.9999, 0.9999));
        }
}

char const* name_of(Aspect aspect)
{
    switch (aspect) {
        case Aspect::mean:
            return "mean";
        case Aspect::spread:
            return "spread";
        case Aspect::shape:
            return "shape";
        case Aspect::low_tail:
            return "low tail";
        case Aspect::high_tail:
            return "high tail";
        case Aspect::bins:
            return "bins";
        case Aspect::correlation:
            return "correlation";
        default:
            return "neighbours";
    }
}

TestBattery::TestBattery(PooledSample const& pool, Residuals const& residuals,
                         Neighbours const& neighbours, physics::ObservableSet const& set)
    : pool_(pool),
      residuals_(residuals),
      neighbours_(neighbours),
      columns_(residuals.columns()),
      counts_(pool.bins.size())
{
    for (auto const& axis : set.profile_axes())
        profile_columns_.push_back(
            {columns_.profile + axis.first, columns_.profile + axis.first + axis.bins});
    std::set<std::size_t> edges{0, pool.count()};
    for (std::size_t bin = 0; bin < pool.bins.size(); ++bin) {
        auto const& range = pool.bin_ranges[bin];
        edges.insert({range.first, range.last});
        for (std::size_t i = range.first; i < range.last; ++i) counts_[bin][pool.labels[i]] += 1;
    }
    for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge)
        pieces_.push_back({*edge, *std::next(edge)});
    sum_candidates(Labels(pool.count(), 1), totals_);
    order_residuals();
    list_tests(set);
}

TestBattery::Workspace TestBattery::workspace() const
{
    return Workspace(totals_.size(), columns_.layers);
}

void TestBattery::list_tests(physics::ObservableSet const& set)
{
    auto const all = pool_.bins.size() - 1;
    auto const subjects = subjects_of(set);
    auto const add = [&](Subject::Kind kind, std::size_t bin, std::vector<Aspect> const& aspects) {
        for (auto const& subject : subjects)
            if (subject.kind == kind)
                for (auto const aspect : aspects) tests_.push_back({subject, aspect, bin});
    };
    using enum Subject::Kind;
    for (std::size_t bin = 0; bin < pool_.bins.size(); ++bin) {
        auto const fewest = std::min(counts_[bin][0], counts_[bin][1]);
        if (fewest < static_cast<double>(least_showers_per_test)) continue;
        add(observable, bin, {Aspect::mean, Aspect::spread, Aspect::shape});
        add(profile, bin, {Aspect::bins});
        add(cell_spectrum, bin, {Aspect::bins});
        if (bin != all) continue;
        add(observable, bin, {Aspect::low_tail, Aspect::high_tail});
        add(layer_correlations, bin, {Aspect::correlation});
        add(coverage, bin, {Aspect::neighbours});
        add(diversity, bin, {Aspect::neighbours});
    }
}

void TestBattery::order_residuals()
{
    for (auto const& range : pool_.bin_ranges) {
        for (std::size_t column = 0; column < columns_.observables; ++column) {
            Order order;
            order.shower.resize(range.last - range.first);
            std::iota(order.shower.begin(), order.shower.end(),
                      static_cast<std::uint32_t>(range.first));
            auto const value = [&](std::uint32_t i) { return residuals_.value(i, column); };
            std::ranges::sort(order.shower, {}, value);
            for (std::size_t i = 0; i < order.shower.size(); ++i)
                order.last_of_equals.push_back(i + 1 == order.shower.size() ||
                                               value(order.shower[i]) < value(order.shower[i + 1]));
            orders_.push_back(std::move(order));
        }
    }
}

void TestBattery::sum_candidates(Labels const& labels, std::vector<float>& sums) const
{
    sums.assign(pieces_.size() * 2 * columns_.count, 0.0F);
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
        float* const values = &sums[piece * 2 * columns_.count];
        for (auto i = pieces_[piece].first; i < pieces_[piece].last; ++i)
            if (labels[i] != 0) add_row(residuals_.row(i), values, values + columns_.count);
    }
}

double TestBattery::mean_difference(std::span<float const> sums, std::size_t bin,
                                    std::size_t column) const
{
    double value = 0, square = 0, all_values = 0, all_squares = 0;
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
        if (!inside(pieces_[piece], pool_.bin_ranges[bin])) continue;
        auto const place = piece * 2 * columns_.count + column;
        value += static_cast<double>(sums[place]);
        square += static_cast<double>(sums[place + columns_.count]);
        all_values += static_cast<double>(totals_[place]);
        all_squares += static_cast<double>(totals_[place + columns_.count]);
    }
    return welch(sample_of(counts_[bin][1], value, square),
                 sample_of(counts_[bin][0], all_values - value, all_squares - square));
}

double TestBattery::all_bins(std::span<float const> sums, std::size_t bin, PoolRange columns) const
{
    double total = 0;
    for (auto column = columns.first; column < columns.last; ++column)
        total += std::pow(mean_difference(sums, bin, column), 2);
    return total;
}

double TestBattery::shape_difference(Labels const& labels, std::size_t observable,
                                     std::size_t bin) const
{
    auto const& order = orders_[bin * columns_.observables + observable];
    auto const [reference, candidate] = std::pair(counts_[bin][0], counts_[bin][1]);
    std::array<double, 2> const step{-1 / reference, 1 / candidate};
    double difference = 0;
    double largest = 0;
    for (std::size_t i = 0; i < order.shower.size(); ++i) {
        difference += step[labels[order.shower[i]]];
        if (order.last_of_equals[i] != 0) largest = std::max(largest, std::abs(difference));
    }
    return kolmogorov_sigmas(largest * std::sqrt(reference * candidate / (reference + candidate)));
}

double TestBattery::correlation_difference(Labels const& labels, Workspace& workspace) const
{
    auto& samples = workspace.layers_;
    for (auto& sample : samples) sample.clear();
    for (std::size_t i = 0; i < pool_.count(); ++i)
        samples[labels[i]].add(residuals_.row(i).subspan(columns_.layer, columns_.layers));
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i].fisher(workspace.fisher_[i]);
    double const weight = 1 / (1 / samples[0].count() + 1 / samples[1].count());
    double total = 0;
    for (std::size_t pair = 0; pair < workspace.fisher_[0].size(); ++pair) {
        double const difference = workspace.fisher_[1][pair] - workspace.fisher_[0][pair];
        if (!std::isnan(difference)) total += weight * difference * difference;
    }
    return total;
}

double TestBattery::statistic(Test const& test, Labels const& labels, Workspace& workspace) const
{
    auto const column = test.subject.which;
    auto const difference = [&](std::size_t first) {
        return std::abs(mean_difference(workspace.sums_, test.bin, first + column));
    };
    switch (test.aspect) {
        case Aspect::mean:
            return difference(0);
        case Aspect::spread:
            return difference(columns_.spread);
        case Aspect::shape:
            return shape_difference(labels, column, test.bin);
        case Aspect::low_tail:
            return difference(columns_.low_tail);
        case Aspect::high_tail:
            return difference(columns_.high_tail);
        case Aspect::bins:
            return all_bins(workspace.sums_, test.bin,
                            test.subject.kind == Subject::Kind::profile
                                ? profile_columns_[column]
                                : PoolRange{columns_.spectrum, columns_.count});
        case Aspect::correlation:
            return correlation_difference(labels, workspace);
        default:
            return static_cast<double>(same_neighbours(
                neighbours_, labels, test.subject.kind == Subject::Kind::diversity ? 1 : 0));
    }
}

void TestBattery::operator()(Labels const& labels, Workspace& workspace,
                             std::span<float> statistics) const
{
    sum_candidates(labels, workspace.sums_);
    for (std::size_t i = 0; i < tests_.size(); ++i)
        statistics[i] = static_cast<float>(statistic(tests_[i], labels, workspace));
}

}  // namespace lowcal::validation
