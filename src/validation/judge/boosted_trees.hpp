#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::validation {

/// Gradient-boosted trees: Friedman, Ann. Statist. 29 (2001) 1189; by histograms, leaf by leaf.
struct TreesConfig {
    int rounds = 150;   ///< trees
    int leaves = 8;     ///< of each tree
    double rate = 0.1;  ///< share of each tree's answer that is added
    int bins = 32;      ///< that a feature's values are cut into
    double weight = 5;  ///< least sum of p (1 - p) in a leaf: twenty undecided showers
};

/// Rows of equal length, one behind the other; NaN: not there.
struct FeatureRows {
    std::span<float const> values;  ///< [rows][columns]
    std::size_t columns = 0;

    std::size_t count() const { return columns == 0 ? 0 : values.size() / columns; }
};

/// Trains trees to tell labels 1 from labels 0 and returns their scores of other rows, the larger
/// the more a row looks like label 1, [test.count()]. One thread: equal rows give equal bits.
/// Throws std::runtime_error with the library's message where it fails.
std::vector<float> boosted_scores(FeatureRows training, std::span<float const> labels,
                                  FeatureRows test, TreesConfig const& config);

}  // namespace lowcal::validation
