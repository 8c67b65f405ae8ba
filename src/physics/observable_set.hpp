#pragma once

#include "core/detector/detector.hpp"
#include "physics/columns.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::physics {

/// What an observable is a number of; docs/observables.md has the definitions.
enum class ObservableKind {
    sampling_fraction,  ///< sum of the cells over the primary energy
    longitudinal_mean,  ///< first moment along depth, in layers
    longitudinal_width,
    transverse_mean,  ///< first moment in a transverse direction, in cells (layers that differ: mm)
    transverse_width,
    radius_mean,  ///< mean distance from the window's axis, in the same unit
    radius_rms,
    hits,  ///< cells above a threshold
    core,  ///< share of the energy in columns about the axis
};

/// Of the shower as a whole, about where its energy lies.
constexpr bool is_moment(ObservableKind kind)
{
    return kind >= ObservableKind::longitudinal_mean && kind <= ObservableKind::radius_rms;
}

/// One observable of a set.
struct ObservableInfo {
    ObservableKind kind{};
    std::size_t which = 0;  ///< of the transverse directions, of the thresholds or of the cores
    std::string key;        ///< in JSON; no two of a set are alike
    std::string name;       ///< in reports
    std::string unit;       ///< empty for ratios
};

/// A profile's place among the bins of all three.
struct ProfileAxis {
    std::string name;
    std::size_t first = 0;
    std::size_t bins = 0;
    bool is_depth = false;
};

/// The cell-energy spectrum: equal bins of log10(energy / GeV). What lies outside counts in the
/// first or last bin.
struct SpectrumBins {
    double low = 0;
    double step = 0.2;
    std::size_t count = 30;  ///< six decades

    double edge(std::size_t bin) const { return low + step * static_cast<double>(bin); }
};

/// A number of each layer of a shower.
struct LayerQuantity {
    std::string key;
    std::string name;
    std::string unit;
};

/// What the showers of a detector are described by: which numbers, what they are called, and in
/// which bins. A value; threads may share it.
class ObservableSet {
public:
    /// What the detector does not know (thresholds, energies) is not in the set. Throws InputError
    /// for a detector that makes no sense.
    explicit ObservableSet(Detector detector);

    Detector const& detector() const { return detector_; }
    std::span<Column const> columns() const { return columns_; }
    std::array<std::string, 2> const& directions() const { return directions_; }
    std::size_t core_count() const { return core_count_; }

    /// The sampling fraction is the first.
    std::span<ObservableInfo const> observables() const { return observables_; }
    /// Place of the observable with a key; throws InputError where there is none.
    std::size_t find(std::string_view key) const;

    /// In memory order.
    std::array<ProfileAxis, 3> const& profile_axes() const { return axes_; }
    ProfileAxis const& depth_axis() const { return axes_[detector_.depth]; }
    std::size_t profile_bins() const { return axes_[2].first + axes_[2].bins; }

    SpectrumBins const& spectrum() const { return spectrum_; }

    /// Energy, mean and width in both transverse directions, share of hit cells.
    std::span<LayerQuantity const> layer_quantities() const { return layer_quantities_; }

    /// Why tables of both cannot be compared; empty where they can.
    std::string difference(ObservableSet const& other) const;

private:
    Detector detector_;
    std::vector<Column> columns_;
    std::array<std::string, 2> directions_;
    std::size_t core_count_ = 0;
    std::vector<ObservableInfo> observables_;
    std::array<ProfileAxis, 3> axes_{};
    SpectrumBins spectrum_;
    std::vector<LayerQuantity> layer_quantities_;

    std::string unit_of_places() const;
    void add(ObservableInfo info);
    void add_moments();
    void add_hits();
    void list_axes();
    void list_layer_quantities();
};

/// Every set's first observable.
inline constexpr std::size_t sampling_fraction = 0;

}  // namespace lowcal::physics
