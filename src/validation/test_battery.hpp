#pragma once

#include "validation/nearest_neighbours.hpp"
#include "validation/pooled_sample.hpp"
#include "validation/residuals.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::validation {

/// What a verdict is given on: the observables in their order, then these.
enum class Subject : std::size_t {
    profile_x = physics::observable_count,
    profile_y,
    profile_z,
    cell_spectrum,
    layer_correlations,
    coverage,   ///< do reference showers keep to themselves: are kinds of showers missing?
    diversity,  ///< do candidate showers keep to themselves: are there copies, too few kinds?
};
inline constexpr std::size_t subject_count = physics::observable_count + 7;

struct SubjectName {
    char const* key;   ///< in JSON
    char const* name;  ///< in reports
};
SubjectName name_of(Subject subject);

/// In which respect two samples are compared.
enum class Aspect {
    mean,         ///< difference of means at equal energy, in its standard errors
    spread,       ///< the same for the distance from the usual value
    shape,        ///< Kolmogorov and Smirnov's distance of the residuals
    low_tail,     ///< showers in the lowest twentieth of both samples together
    high_tail,    ///< the same for the highest twentieth
    bins,         ///< differences of all bins of a profile or spectrum together
    correlation,  ///< differences of all correlation coefficients together
    neighbours,   ///< number of nearest neighbours from the same sample
};
char const* name_of(Aspect aspect);

struct Test {
    Subject subject{};
    Aspect aspect{};
    std::size_t bin = 0;  ///< of the pool's bins
};

/// Tests need this many showers of each sample.
inline constexpr std::size_t least_showers_per_test = 20;

/// All two-sample tests of a pool. The pool and its neighbours must outlive it. Threads may share
/// it.
class TestBattery {
public:
    TestBattery(PooledSample const& pool, Residuals const& residuals, Neighbours const& neighbours);

    /// Every test that the samples are large enough for.
    std::span<Test const> tests() const { return tests_; }

    /// The statistic of each test for some labels, [tests().size()]: of mean, spread and shape in
    /// sigmas; of the others a number that is the larger the more the samples differ. Labels have
    /// as many candidates in each bin as the pool's own.
    void operator()(Labels const& labels, std::span<float> statistics) const;

private:
    /// Sums over showers of one piece of the pool.
    struct Sums {
        std::array<float, residual_columns> values{};
        std::array<float, residual_columns> squares{};

        void add(std::span<float const> row)
        {
            for (std::size_t i = 0; i < residual_columns; ++i) {
                values[i] += row[i];
                squares[i] += row[i] * row[i];
            }
        }
    };
    struct Order {
        std::vector<std::uint32_t> shower;  ///< by ascending residual
        std::vector<std::uint8_t> last_of_equals;
    };

    PooledSample const& pool_;
    Residuals const& residuals_;
    Neighbours const& neighbours_;
    std::vector<PoolRange> pieces_;              ///< of the pool, between all edges of bins
    std::vector<std::array<double, 2>> counts_;  ///< [bins], showers of reference and candidate
    std::vector<Order> orders_;                  ///< [bins x observables]
    std::vector<float> products_;                ///< [count][pairs of layers]
    std::vector<Test> tests_;

    void list_tests();
    void order_residuals();
    void multiply_layers();
    std::vector<Sums> sum_candidates(Labels const& labels) const;
    double mean_difference(std::span<Sums const> sums, std::size_t bin, std::size_t column) const;
    double all_bins(std::span<Sums const> sums, std::size_t bin, PoolRange columns) const;
    double shape_difference(Labels const& labels, std::size_t observable, std::size_t bin) const;
    double correlation_difference(Labels const& labels) const;
    double statistic(Test const& test, Labels const& labels, std::span<Sums const> sums) const;

    std::vector<Sums> totals_;  ///< [pieces], both samples
};

}  // namespace lowcal::validation
