#include "physics/observable_set.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::physics {
namespace {

constexpr double default_smallest_cell = 1e-6;  // GeV, of detectors that know none

/// From the smallest energy that a cell can have, or the lowest threshold, rounded down to a bin.
SpectrumBins spectrum_of(Detector const& detector)
{
    double smallest = detector.smallest_cell;
    for (double const threshold : detector.hit_thresholds)
        if (!(smallest > 0)) smallest = threshold;
    if (!(smallest > 0)) smallest = default_smallest_cell;
    SpectrumBins bins;
    auto const per_decade = std::round(1 / bins.step);
    bins.low = std::floor(std::log10(smallest) * per_decade + 1e-9) / per_decade;
    return bins;
}

/// Thresholds in units of `unit` GeV, with as many digits as keep them apart.
std::vector<std::string> threshold_texts(std::vector<double> const& thresholds, double unit)
{
    std::vector<std::string> texts;
    for (int digits = 6; digits < 18; ++digits) {
        texts.clear();
        for (double const threshold : thresholds)
            texts.push_back(fmt::format("{:.{}g}", threshold / unit, digits));
        if (std::ranges::adjacent_find(texts) == texts.end()) break;
    }
    return texts;
}

}  // namespace

ObservableSet::ObservableSet(Detector detector) : detector_(std::move(detector))
{
    require_sound(detector_, detector_.name.empty() ? "the detector" : detector_.name);
    columns_ = columns_of(detector_);
    directions_ = directions_of(detector_);
    spectrum_ = spectrum_of(detector_);
    add({ObservableKind::sampling_fraction, 0, "sampling_fraction", "sampling fraction", ""});
    add_moments();
    add_hits();
    for (auto const& core : cores_of(detector_))
        add({ObservableKind::core, core_count_++, core.key, core.name, ""});
    list_axes();
    list_layer_quantities();
}

void ObservableSet::add(ObservableInfo info)
{
    auto const taken = [&] {
        return std::ranges::find(observables_, info.key, &ObservableInfo::key) !=
               observables_.end();
    };
    while (taken()) info.key += "_";  // an axis may have any name
    observables_.push_back(std::move(info));
}

void ObservableSet::add_moments()
{
    auto const unit = unit_of_places();
    add({ObservableKind::longitudinal_mean, 0, "longitudinal_mean", "longitudinal mean", "layers"});
    add({ObservableKind::longitudinal_width, 0, "longitudinal_width", "longitudinal width",
         "layers"});
    for (std::size_t i = 0; i < directions_.size(); ++i) {
        auto const& name = directions_[i];
        add({ObservableKind::transverse_mean, i, name + "_mean", "mean in " + name, unit});
        add({ObservableKind::transverse_width, i, name + "_width", "width in " + name, unit});
    }
    add({ObservableKind::radius_mean, 0, "r_mean", "mean radius", unit});
    add({ObservableKind::radius_rms, 0, "r_rms", "r.m.s. radius", unit});
}

/// Cells of a grid are all of one size; where the layers differ, a number of cells means nothing.
std::string ObservableSet::unit_of_places() const
{
    return detector_.is_grid() ? "cells" : "mm";
}

void ObservableSet::add_hits()
{
    auto const& thresholds = detector_.hit_thresholds;
    auto const mev = threshold_texts(thresholds, 1e-3);
    auto const kev = threshold_texts(thresholds, 1e-6);
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
        bool const zero = thresholds[i] == 0;
        add({ObservableKind::hits, i, zero ? "hits" : "hits_" + kev[i] + "kev",
             zero ? "cells above 0" : "cells above " + mev[i] + " MeV", "cells"});
    }
}

void ObservableSet::list_axes()
{
    std::size_t first = 0;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        auto const& axis = detector_.axes[i];
        axes_[i] = {axis.name, first, axis.cells, i == detector_.depth};
        first += axis.cells;
    }
}

void ObservableSet::list_layer_quantities()
{
    auto const unit = unit_of_places();
    layer_quantities_.push_back({"energy", "energy over primary energy", ""});
    for (auto const& name : directions_) {
        layer_quantities_.push_back({name + "_mean", "mean in " + name, unit});
        layer_quantities_.push_back({name + "_width", "width in " + name, unit});
    }
    layer_quantities_.push_back({"hit_share", "share of hit cells", ""});
}

std::size_t ObservableSet::find(std::string_view key) const
{
    auto const found = std::ranges::find(observables_, key, &ObservableInfo::key);
    if (found == observables_.end())
        throw InputError("no observable " + std::string(key),
                         cells_text(detector_) + " are not described by it");
    return static_cast<std::size_t>(found - observables_.begin());
}

std::string ObservableSet::difference(ObservableSet const& other) const
{
    auto const cells = cells_difference(detector_, other.detector_);
    if (!cells.empty()) return cells;
    if (detector_.hit_thresholds != other.detector_.hit_thresholds) return "other hit thresholds";
    if (spectrum_.low != other.spectrum_.low) return "another smallest cell energy";
    return {};
}

}  // namespace lowcal::physics
