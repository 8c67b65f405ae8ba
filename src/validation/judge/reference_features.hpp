#pragma once

#include "physics/features/feature_table.hpp"
#include "validation/judge/worsened.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace lowcal::validation {

/// What a judge keeps of the reference as it streams through: its showers' features, and of every
/// second shower also those of its worsened copies.
class ReferenceFeatures {
public:
    struct Config {
        std::size_t most_showers = 5000;  ///< that are kept
        std::uint64_t seed = 20211;       ///< of what is drawn to make showers worse
    };
    /// `first_showers` of the reference: where rings end, thresholds and usual hits come from.
    /// Throws InputError where they have no energy.
    ReferenceFeatures(std::shared_ptr<physics::ObservableSet const> observables,
                      data::ShowerBlock const& first_showers, Config config);

    /// The next showers, the first ones among them.
    void add(data::ShowerBlock const& block);

    physics::FeatureTable const& features() const { return features_; }
    /// Row k is of shower 2 k + 1 of `features`.
    physics::FeatureTable const& worsened(Worsening how) const
    {
        return worsened_[static_cast<std::size_t>(how)];
    }

private:
    physics::FeatureTable features_;
    std::vector<physics::FeatureTable> worsened_;  ///< as `worsenings`
    Worsener worsen_;

    void add_worsened(data::ShowerBlock const& block, std::size_t index, std::size_t shower);
};

}  // namespace lowcal::validation
