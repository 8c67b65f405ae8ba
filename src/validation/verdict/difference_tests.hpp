#pragma once

#include "validation/compare/pooled_sample.hpp"
#include "validation/verdict/test_battery.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace lowcal::validation {

/// One test's result.
struct TestResult {
    Test test{};
    double sigmas = 0;  ///< local significance: of this test taken alone
    double adjusted_probability =
        1;  ///< of a result as strong in any test, were there no difference
};

/// Results of all tests of two samples.
struct TestResults {
    std::vector<TestResult> results;
    /// A test that exceeds it differs: the largest result over all tests of a pair of samples of
    /// one kind exceeds it with probability `level`.
    double threshold = 0;
    double level = 0;
};

struct TestConfig {
    std::uint64_t seed = 20211;
    std::size_t permutations = 999;
    double level = 0.01;  ///< overall probability of a false alarm
    int threads = 1;
    std::function<void(std::size_t)> progress{};  ///< permutations done; from one thread
};

/// Tests all that a `TestBattery` tests.
///
/// The samples' labels are dealt out anew many times within strata of equal energy; the largest
/// significance over all tests of each dealing gives the threshold, so that heavy tails, discrete
/// observables, their correlations and their number are accounted for (Westfall and Young,
/// Resampling-Based Multiple Testing, 1993, single-step maxT). A function of samples and seed
/// alone, whatever the threads.
TestResults test_differences(PooledSample const& pool, Residuals const& residuals,
                             Neighbours const& neighbours, physics::ObservableSet const& set,
                             TestConfig const& config);

}  // namespace lowcal::validation
