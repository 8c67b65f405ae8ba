#pragma once

#include "physics/features/shower_features.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace lowcal::physics {

/// What a judge keeps of the showers of a sample: a row of numbers each (two kilobytes for 25
/// layers), of the first showers only, so that a sample larger than memory streams through.
class FeatureTable {
public:
    /// `most`: showers that are kept.
    FeatureTable(std::shared_ptr<FeatureSet const> set, std::size_t most);

    FeatureSet const& set() const { return *set_; }
    std::shared_ptr<FeatureSet const> const& shared_set() const { return set_; }

    /// Keeps the showers of a block, as long as there are fewer than `most`. Throws InputError
    /// where they do not have as many cells as the detector.
    void add(data::ShowerBlock const& block);

    std::size_t count() const { return primary_energy_.size(); }
    std::size_t most() const { return most_; }  ///< showers that are kept
    bool is_full() const { return count() >= most_; }
    std::span<float const> primary_energy() const { return primary_energy_; }  ///< [count], GeV
    std::span<float const> row(std::size_t shower) const                       ///< [set().count()]
    {
        return std::span(rows_).subspan(shower * set_->count(), set_->count());
    }

private:
    std::shared_ptr<FeatureSet const> set_;
    std::size_t most_;
    ShowerFeatures features_;
    std::vector<float> primary_energy_;
    std::vector<float> rows_;  ///< [count][features]
};

}  // namespace lowcal::physics
