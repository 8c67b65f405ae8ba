#include "validation/test_battery.hpp"

#include "validation/significance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace lowcal::validation {

namespace {

// Residuals are of order one and summed as float32: smaller variances are rounding.
constexpr double least_variance = 1e-6;
constexpr std::size_t layer_pairs = Window::z * (Window::z - 1) / 2;
constexpr std::size_t layer_column = profile_column + Window::x + Window::y;

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

PoolRange columns_of(Subject subject)
{
    if (subject == Subject::cell_spectrum) return {spectrum_column, residual_columns};
    auto const axis = static_cast<std::size_t>(subject) - physics::observable_count;
    auto const first = profile_column + physics::profile_axes[axis].first;
    return {first, first + physics::profile_axes[axis].bins};
}

bool inside(PoolRange const& piece, PoolRange const& range)
{
    return piece.first >= range.first && piece.last <= range.last;
}

/// Sums of the products of residuals, of one sample.
struct LayerSums {
    std::array<float, layer_pairs> products{};
    std::array<float, Window::z> values{};
    std::array<float, Window::z> squares{};
    double count = 0;

    void add(std::span<float const> layers, float const* pairs)
    {
        count += 1;
        for (std::size_t i = 0; i < layer_pairs; ++i) products[i] += pairs[i];
        for (std::size_t i = 0; i < Window::z; ++i) {
            values[i] += layers[i];
            squares[i] += layers[i] * layers[i];
        }
    }
    /// Fisher's z of a pair's correlation coefficient; NaN for layers that do not vary.
    double fisher(std::size_t first, std::size_t second, std::size_t pair) const
    {
        auto const layer = [&](std::size_t i) {
            return sample_of(count, static_cast<double>(values[i]),
                             static_cast<double>(squares[i]));
        };
        auto const [a, b] = std::pair(layer(first), layer(second));
        if (std::min(a.variance, b.variance) < least_variance) return std::nan("");
        double const covariance = static_cast<double>(products[pair]) / count - a.mean * b.mean;
        double const correlation = covariance / std::sqrt(a.variance * b.variance);
        return std::atanh(std::clamp(correlation, -0.9999, 0.9999));
    }
};

}  // namespace

SubjectName name_of(Subject subject)
{
    constexpr std::array<SubjectName, subject_count - physics::observable_count> names{
        {{"profile_x", "profile along x"},
         {"profile_y", "profile along y"},
         {"profile_z", "profile along the beam"},
         {"cell_spectrum", "cell-energy spectrum"},
         {"layer_correlations", "correlations of layer energies"},
         {"coverage", "coverage (kinds missing)"},
         {"diversity", "diversity (copies)"}}};
    auto const place = static_cast<std::size_t>(subject);
    if (place >= physics::observable_count) return names[place - physics::observable_count];
    return {physics::observables[place].key, physics::observables[place].name};
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
                         Neighbours const& neighbours)
    : pool_(pool), residuals_(residuals), neighbours_(neighbours), counts_(pool.bins.size())
{
    std::set<std::size_t> edges{0, pool.count()};
    for (std::size_t bin = 0; bin < pool.bins.size(); ++bin) {
        auto const& range = pool.bin_ranges[bin];
        edges.insert({range.first, range.last});
        for (std::size_t i = range.first; i < range.last; ++i) counts_[bin][pool.labels[i]] += 1;
    }
    for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge)
        pieces_.push_back({*edge, *std::next(edge)});
    totals_.resize(pieces_.size());
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece)
        for (auto i = pieces_[piece].first; i < pieces_[piece].last; ++i)
            totals_[piece].add(residuals.row(i));
    order_residuals();
    multiply_layers();
    list_tests();
}

void TestBattery::list_tests()
{
    auto const all = pool_.bins.size() - 1;
    for (std::size_t bin = 0; bin < pool_.bins.size(); ++bin) {
        auto const fewest = std::min(counts_[bin][0], counts_[bin][1]);
        if (fewest < static_cast<double>(least_showers_per_test)) continue;
        for (std::size_t i = 0; i < physics::observable_count; ++i)
            for (auto const aspect : {Aspect::mean, Aspect::spread, Aspect::shape})
                tests_.push_back({static_cast<Subject>(i), aspect, bin});
        for (auto const subject :
             {Subject::profile_x, Subject::profile_y, Subject::profile_z, Subject::cell_spectrum})
            tests_.push_back({subject, Aspect::bins, bin});
        if (bin != all) continue;
        for (std::size_t i = 0; i < physics::observable_count; ++i)
            for (auto const aspect : {Aspect::low_tail, Aspect::high_tail})
                tests_.push_back({static_cast<Subject>(i), aspect, bin});
        tests_.push_back({Subject::layer_correlations, Aspect::correlation, bin});
        tests_.push_back({Subject::coverage, Aspect::neighbours, bin});
        tests_.push_back({Subject::diversity, Aspect::neighbours, bin});
    }
}

void TestBattery::order_residuals()
{
    for (auto const& range : pool_.bin_ranges) {
        for (std::size_t column = 0; column < physics::observable_count; ++column) {
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

void TestBattery::multiply_layers()
{
    products_.reserve(pool_.count() * layer_pairs);
    for (std::size_t shower = 0; shower < pool_.count(); ++shower)
        for (std::size_t i = 0; i < Window::z; ++i)
            for (std::size_t j = i + 1; j < Window::z; ++j)
                products_.push_back(residuals_.value(shower, layer_column + i) *
                                    residuals_.value(shower, layer_column + j));
}

std::vector<TestBattery::Sums> TestBattery::sum_candidates(Labels const& labels) const
{
    std::vector<Sums> sums(pieces_.size());
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece)
        for (auto i = pieces_[piece].first; i < pieces_[piece].last; ++i)
            if (labels[i] != 0) sums[piece].add(residuals_.row(i));
    return sums;
}

double TestBattery::mean_difference(std::span<Sums const> sums, std::size_t bin,
                                    std::size_t column) const
{
    double value = 0, square = 0, all_values = 0, all_squares = 0;
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
        if (!inside(pieces_[piece], pool_.bin_ranges[bin])) continue;
        value += static_cast<double>(sums[piece].values[column]);
        square += static_cast<double>(sums[piece].squares[column]);
        all_values += static_cast<double>(totals_[piece].values[column]);
        all_squares += static_cast<double>(totals_[piece].squares[column]);
    }
    return welch(sample_of(counts_[bin][1], value, square),
                 sample_of(counts_[bin][0], all_values - value, all_squares - square));
}

double TestBattery::all_bins(std::span<Sums const> sums, std::size_t bin, PoolRange columns) const
{
    double total = 0;
    for (auto column = columns.first; column < columns.last; ++column)
        total += std::pow(mean_difference(sums, bin, column), 2);
    return total;
}

double TestBattery::shape_difference(Labels const& labels, std::size_t observable,
                                     std::size_t bin) const
{
    auto const& order = orders_[bin * physics::observable_count + observable];
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

double TestBattery::correlation_difference(Labels const& labels) const
{
    std::array<LayerSums, 2> samples;
    for (std::size_t i = 0; i < pool_.count(); ++i)
        samples[labels[i]].add(residuals_.row(i).subspan(layer_column, Window::z),
                               &products_[i * layer_pairs]);
    double const weight = 1 / (1 / samples[0].count + 1 / samples[1].count);
    double total = 0;
    std::size_t pair = 0;
    for (std::size_t i = 0; i < Window::z; ++i)
        for (std::size_t j = i + 1; j < Window::z; ++j, ++pair) {
            double const difference = samples[1].fisher(i, j, pair) - samples[0].fisher(i, j, pair);
            if (!std::isnan(difference)) total += weight * difference * difference;
        }
    return total;
}

double TestBattery::statistic(Test const& test, Labels const& labels,
                              std::span<Sums const> sums) const
{
    auto const column = static_cast<std::size_t>(test.subject);
    switch (test.aspect) {
        case Aspect::mean:
            return std::abs(mean_difference(sums, test.bin, column));
        case Aspect::spread:
            return std::abs(mean_difference(sums, test.bin, spread_column + column));
        case Aspect::shape:
            return shape_difference(labels, column, test.bin);
        case Aspect::low_tail:
            return std::abs(mean_difference(sums, test.bin, low_tail_column + column));
        case Aspect::high_tail:
            return std::abs(mean_difference(sums, test.bin, high_tail_column + column));
        case Aspect::bins:
            return all_bins(sums, test.bin, columns_of(test.subject));
        case Aspect::correlation:
            return correlation_difference(labels);
        default:
            return static_cast<double>(
                same_neighbours(neighbours_, labels, test.subject == Subject::diversity ? 1 : 0));
    }
}

void TestBattery::operator()(Labels const& labels, std::span<float> statistics) const
{
    auto const sums = sum_candidates(labels);
    for (std::size_t i = 0; i < tests_.size(); ++i)
        statistics[i] = static_cast<float>(statistic(tests_[i], labels, sums));
}

}  // namespace lowcal::validation
