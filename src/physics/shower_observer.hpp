#pragma once

#include "physics/observable_set.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lowcal::physics {

/// What one shower looks like, by an ObservableSet.
///
/// Moments and core shares of a shower, or layer, without energy are NaN: it has none.
struct ShowerObservables {
    std::vector<double> values;                ///< [observables]
    double cell_sum = 0;                       ///< GeV
    std::vector<double> profiles;              ///< [profile bins], cell energy over primary energy
    std::vector<std::uint32_t> cell_spectrum;  ///< [spectrum bins], cells above zero
    std::vector<double> layers;                ///< [layer quantities][layers]
};

/// Observes showers one by one. Not thread-safe: it keeps what it needs from shower to shower, and
/// allocates nothing after the first.
class ShowerObserver {
public:
    explicit ShowerObserver(std::shared_ptr<ObservableSet const> set);

    /// `cells` as the detector's axes say, in GeV; `primary_energy` in GeV, above 0. The answer is
    /// good until the next call. Negative cells (noise) count in energies and moments with their
    /// sign, and are no hits; a width whose square comes out negative is NaN.
    ShowerObservables const& operator()(std::span<float const> cells, double primary_energy);

private:
    /// Sums over the cells of one layer, energies in GeV.
    struct LayerSums {
        double energy = 0;
        std::array<double, 2> first{};   ///< energy times place
        std::array<double, 2> second{};  ///< energy times its square
        std::uint32_t hits = 0;
    };
    struct Moments {
        double mean;
        double width;
    };

    std::shared_ptr<ObservableSet const> set_;
    std::vector<float> thresholds_;        ///< GeV
    std::array<double, 2> middle_{};       ///< from where moments count places, in cells
    std::vector<std::uint32_t> hits_;      ///< [thresholds]
    std::vector<double> core_;             ///< [cores], GeV
    std::vector<double> column_energies_;  ///< [columns], GeV
    std::vector<LayerSums> layer_sums_;    ///< [layers]
    std::vector<double> layer_cells_;      ///< [layers], how many each has
    std::size_t depth_stride_ = 0;         ///< between the cells of a column
    double radius_ = 0;                    ///< energy times distance from the axis
    double radius_squared_ = 0;            ///< energy times its square
    ShowerObservables shower_;

    void clear();
    double add_cells(Column const& column, float const* cells);
    void add_column(Column const& column, double energy);
    void set_values(double primary_energy);
    void set_layers(double primary_energy);
    double value_of(ObservableInfo const& observable, double primary_energy) const;
    double share(double energy) const;
    Moments along(ProfileAxis const& axis) const;
    Moments transverse(std::size_t direction) const;
    Moments of_layer(LayerSums const& layer, std::size_t direction) const;
};

}  // namespace lowcal::physics
