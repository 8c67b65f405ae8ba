#include "physics/features/feature_set.hpp"

#include "core/error.hpp"
#include "physics/features/hits.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::physics {
namespace {

/// A quantile that is nearer than this to another threshold would count nearly the same cells.
constexpr double least_ratio = 1.25;

std::vector<ConditionInfo> varying_conditions(data::ShowerBlock const& showers)
{
    std::vector<ConditionInfo> varying;
    auto const known = data::conditions_of(showers);
    for (auto const& condition : condition_infos) {
        auto const values = known.*condition.values;
        if (condition.width != 1 || values.empty()) continue;
        auto const [least, most] = std::ranges::minmax(values);
        if (least < most) varying.push_back(condition);
    }
    return varying;
}

bool is_new(double threshold, std::vector<float> const& thresholds)
{
    return std::ranges::none_of(thresholds, [&](float const other) {
        auto const known = static_cast<double>(other);
        return known > 0 && threshold < least_ratio * known && known < least_ratio * threshold;
    });
}

/// A hit's distance from the axis, squared, and its part in where the rings end.
struct Place {
    double radius_squared;
    double weight;
};

/// Of all hits; together they weigh 2.
std::vector<Place> places_of(FeatureSet const& set, data::ShowerBlock const& showers)
{
    double energy = 0;
    std::size_t hits = 0;
    for (float const cell : showers.cells) {
        if (!(cell > 0.0F)) continue;
        energy += static_cast<double>(cell);
        ++hits;
    }
    double const hit_weight = 1 / static_cast<double>(hits);
    std::vector<Place> places;
    places.reserve(hits);
    for (std::size_t i = 0; i < showers.count(); ++i) {
        auto const cells = showers.shower(i);
        auto const axis = set.axis_of(cells);
        for_each_hit(*set.observables(), cells,
                     [&](Column const& column, std::size_t layer, float cell) {
                         places.push_back({set.distance_squared(axis, column, layer),
                                           static_cast<double>(cell) / energy + hit_weight});
                     });
    }
    return places;
}

}  // namespace

FeatureSet::FeatureSet(std::shared_ptr<ObservableSet const> observables,
                       data::ShowerBlock const& reference, FeatureConfig const& config)
    : observables_(std::move(observables)), conditions_(varying_conditions(reference))
{
    tilted_ = detector().geometry == Geometry::cartesian &&
              std::ranges::any_of(conditions_, [](ConditionInfo const& condition) {
                  return condition.name == "theta" || condition.name == "phi";
              });
    set_thresholds(reference, config.quantiles);
    set_rings(reference, config.rings);
    list_groups();
}

void FeatureSet::set_thresholds(data::ShowerBlock const& reference,
                                std::vector<double> const& quantiles)
{
    std::vector<float> cells;
    std::ranges::copy_if(reference.cells, std::back_inserter(cells),
                         [](float cell) { return cell > 0.0F; });
    if (cells.empty()) throw InputError("the reference's showers have no energy");
    std::ranges::sort(cells);
    thresholds_.push_back(0.0F);
    for (double const threshold : detector().hit_thresholds)
        if (threshold > 0) thresholds_.push_back(static_cast<float>(threshold));
    for (double const quantile : quantiles) {
        auto const place = quantile * static_cast<double>(cells.size() - 1);
        float const cell = cells[static_cast<std::size_t>(place)];
        if (is_new(static_cast<double>(cell), thresholds_)) thresholds_.push_back(cell);
    }
    std::ranges::sort(thresholds_);
}

/// Rings hold equal parts of hits and energy together (half of each): equal in hits alone, the
/// core would be one ring; in energy alone, the halo.
void FeatureSet::set_rings(data::ShowerBlock const& reference, std::size_t rings)
{
    auto places = places_of(*this, reference);
    std::ranges::stable_sort(places, {}, &Place::radius_squared);
    constexpr double total = 2;
    double below = 0;
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
        below += places[i].weight;
        auto const here = places[i].radius_squared, next = places[i + 1].radius_squared;
        auto const wanted =
            static_cast<double>(ring_edges_.size() + 1) / static_cast<double>(rings);
        if (here < next && below >= wanted * total && ring_edges_.size() + 1 < rings)
            ring_edges_.push_back(0.5 * (here + next));
    }
}

void FeatureSet::list_groups()
{
    count_ = given();
    auto const add = [&](char const* key, char const* name, std::size_t count) {
        if (count == 0) return;
        groups_.push_back({key, name, count_, count});
        count_ += count;
    };
    auto const layers = detector().layers();
    auto const levels = thresholds_.size();
    auto const shares = observables_->core_count();
    std::size_t moments = 0;
    for (auto const& observable : observables_->observables())
        moments += is_moment(observable.kind) ? 1 : 0;
    add("totals", "energy and hits of the shower", 1 + levels);
    add("layer_energies", "energy of each layer", layers);
    add("layer_hits", "hits in each layer", levels * layers);
    add("layer_moments", "centre and width of each layer", 4 * layers);
    add("core_shares", "central share of each layer", shares > 0 ? layers : 0);
    add("ring_energies", "energy in rings", rings());
    add("ring_hits", "hits in rings", levels * rings());
    add("moments", "moments and core of the shower", moments + shares);
    add("spectrum", "cell-energy spectrum", observables_->spectrum().count);
    add("hit_pairs", "pairs of neighbouring hits", 3 * levels);
    add("roughness", "cells against their neighbours", 3 * levels);
}

FeatureGroup const& FeatureSet::group(std::string_view key) const
{
    auto const found = std::ranges::find(groups_, key, &FeatureGroup::key);
    if (found == groups_.end()) throw InputError("no group of features " + std::string(key));
    return *found;
}

std::vector<std::string> FeatureSet::column_names() const
{
    std::vector<std::string> names{"log_energy"};
    for (auto const& condition : conditions_) names.emplace_back(condition.name);
    for (auto const& group : groups_)
        for (std::size_t i = 0; i < group.count; ++i)
            names.push_back(group.key + "_" + std::to_string(i));
    return names;
}

}  // namespace lowcal::physics
