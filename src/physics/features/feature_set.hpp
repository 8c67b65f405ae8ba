#pragma once

#include "core/detector/conditions.hpp"
#include "data/showers.hpp"
#include "physics/features/shower_axis.hpp"
#include "physics/observable_set.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::physics {

/// Numbers of a shower that say the same kind of thing, side by side in its row.
struct FeatureGroup {
    std::string key;   ///< in JSON and, with a number behind it, of its columns
    std::string name;  ///< in reports
    std::size_t first = 0;
    std::size_t count = 0;
};

/// How showers are cut up for a judge of showers; docs/observables.md has the definitions.
struct FeatureConfig {
    std::size_t rings = 8;  ///< about the showers' axis, at most
    /// Of the reference's cells above zero: more thresholds beside the detector's.
    std::vector<double> quantiles = {0.5, 0.75, 0.9, 0.97, 0.99};
};

/// Which numbers a judge sees of a shower: many more than the observables, of which each is said to
/// somebody. What no detector says (where the rings end, thresholds beyond its own) comes from
/// reference showers. A value; threads may share it.
class FeatureSet {
public:
    /// `reference`: some of its showers. Throws InputError where they have no cell above zero.
    FeatureSet(std::shared_ptr<ObservableSet const> observables, data::ShowerBlock const& reference,
               FeatureConfig const& config = {});

    std::shared_ptr<ObservableSet const> const& observables() const { return observables_; }
    Detector const& detector() const { return observables_->detector(); }

    std::size_t count() const { return count_; }
    /// What a shower is made for, not what it is: log E, then `conditions`. They come first.
    std::size_t given() const { return 1 + conditions_.size(); }
    /// Conditions of one number that vary in the reference.
    std::span<ConditionInfo const> conditions() const { return conditions_; }
    std::span<FeatureGroup const> groups() const { return groups_; }
    /// The group with a key; throws InputError where there is none.
    FeatureGroup const& group(std::string_view key) const;
    /// Of all columns: "log_energy", conditions' names, a group's key and a number.
    std::vector<std::string> column_names() const;

    /// GeV, ascending, the first is zero; a hit is a cell above one.
    std::span<float const> thresholds() const { return thresholds_; }
    /// Squares of the rings' outer radii in cells, but for the last ring's; ascending.
    std::span<double const> ring_edges() const { return ring_edges_; }
    std::size_t rings() const { return ring_edges_.size() + 1; }
    /// About what a shower's rings lie: the window's axis; where primaries are tilted, its own.
    ShowerAxis axis_of(std::span<float const> cells) const
    {
        return tilted_ ? fitted_axis(*observables_, cells) : ShowerAxis{};
    }
    /// Square of a cell's distance from that axis, in cells.
    double distance_squared(ShowerAxis const& axis, Column const& column, std::size_t layer) const
    {
        return tilted_ ? axis.distance_squared(column, layer) : column.radius_squared;
    }

private:
    std::shared_ptr<ObservableSet const> observables_;
    std::vector<ConditionInfo> conditions_;
    std::vector<float> thresholds_;
    std::vector<double> ring_edges_;
    bool tilted_ = false;
    std::vector<FeatureGroup> groups_;
    std::size_t count_ = 0;

    void set_thresholds(data::ShowerBlock const& reference, std::vector<double> const& quantiles);
    void set_rings(data::ShowerBlock const& reference, std::size_t rings);
    void list_groups();
};

}  // namespace lowcal::physics
