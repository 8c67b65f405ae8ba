#pragma once

#include "validation/compare/pooled_sample.hpp"
#include "validation/compare/residuals.hpp"
#include "validation/verdict/nearest_neighbours.hpp"
#include "validation/verdict/subject.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::validation {

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
    TestBattery(PooledSample const& pool, Residuals const& residuals, Neighbours const& neighbours,
                physics::ObservableSet const& set);

    /// Every test that the samples are large enough for.
    std::span<Test const> tests() const { return tests_; }

    /// What the statistics of one dealing are summed up in: one for each thread.
    class Workspace;
    Workspace workspace() const;

    /// The statistic of each test for some labels, [tests().size()]: of mean, spread and shape in
    /// sigmas; of the others a number that is the larger the more the samples differ. Labels have
    /// as many candidates in each bin as the pool's own. Allocates nothing.
    void operator()(Labels const& labels, Workspace& workspace, std::span<float> statistics) const;

private:
    struct Order {
        std::vector<std::uint32_t> shower;  ///< by ascending residual
        std::vector<std::uint8_t> last_of_equals;
    };

    PooledSample const& pool_;
    Residuals const& residuals_;
    Neighbours const& neighbours_;
    ResidualColumns columns_;
    std::vector<PoolRange> profile_columns_;     ///< [profiles], of the residuals
    std::vector<PoolRange> pieces_;              ///< of the pool, between all edges of bins
    std::vector<std::array<double, 2>> counts_;  ///< [bins], showers of reference and candidate
    std::vector<Order> orders_;                  ///< [bins x observables]
    std::vector<Test> tests_;
    std::vector<float> totals_;  ///< [pieces][values, then squares of all columns], both samples

    void list_tests(physics::ObservableSet const& set);
    void order_residuals();
    void sum_candidates(Labels const& labels, std::vector<float>& sums) const;
    double mean_difference(std::span<float const> sums, std::size_t bin, std::size_t column) const;
    double all_bins(std::span<float const> sums, std::size_t bin, PoolRange columns) const;
    double shape_difference(Labels const& labels, std::size_t observable, std::size_t bin) const;
    double correlation_difference(Labels const& labels, Workspace& workspace) const;
    double statistic(Test const& test, Labels const& labels, Workspace& workspace) const;
};

/// Sums of residuals of the layers of one sample, and of their products.
class LayerProducts {
public:
    explicit LayerProducts(std::size_t layers);
    void clear();
    void add(std::span<float const> layers);
    double count() const { return count_; }
    /// Fisher's z of each pair's correlation coefficient, the second layer fastest; NaN for layers
    /// that do not vary.
    void fisher(std::span<double> result) const;

private:
    std::vector<float> values_;    ///< [layers]
    std::vector<float> squares_;   ///< [layers]
    std::vector<float> products_;  ///< [pairs]
    double count_ = 0;
};

class TestBattery::Workspace {
    friend TestBattery;
    Workspace(std::size_t sums, std::size_t layers)
        : sums_(sums),
          layers_{LayerProducts(layers), LayerProducts(layers)},
          fisher_{std::vector<double>(layers * (layers - 1) / 2),
                  std::vector<double>(layers * (layers - 1) / 2)}
    {
    }
    std::vector<float> sums_;
    std::array<LayerProducts, 2> layers_;        ///< of reference and candidate
    std::array<std::vector<double>, 2> fisher_;  ///< [pairs], of both
};

}  // namespace lowcal::validation
