#include "physics/shower_observer.hpp"

#include "core/sample_moments.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace lowcal::physics {
namespace {

std::size_t spectrum_bin(SpectrumBins const& bins, float energy)
{
    double const place = (std::log10(static_cast<double>(energy)) - bins.low) / bins.step;
    return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(bins.count) - 1.0));
}

}  // namespace

ShowerObserver::ShowerObserver(std::shared_ptr<ObservableSet const> set)
    : set_(std::move(set)),
      hits_(set_->detector().hit_thresholds.size()),
      core_(set_->core_count()),
      column_energies_(set_->columns().size()),
      layer_sums_(set_->detector().layers()),
      layer_cells_(layer_sums_.size())
{
    auto const& detector = set_->detector();
    if (detector.is_grid()) depth_stride_ = detector.stride(detector.depth);
    for (auto const& column : set_->columns())
        for (std::size_t i = 0; i < column.layers; ++i) ++layer_cells_[column.first_layer + i];
    for (double const threshold : detector.hit_thresholds)
        thresholds_.push_back(static_cast<float>(threshold));
    if (detector.geometry == Geometry::cartesian)  // there a mean is told as a cell's number
        for (std::size_t i = 0; i < 2; ++i)
            middle_[i] =
                0.5 * (static_cast<double>(detector.axes[detector.transverse()[i]].cells) - 1);
    shower_.values.resize(set_->observables().size());
    shower_.profiles.resize(set_->profile_bins());
    shower_.cell_spectrum.resize(set_->spectrum().count);
    shower_.layers.resize(set_->layer_quantities().size() * detector.layers());
}

void ShowerObserver::clear()
{
    std::ranges::fill(hits_, 0U);
    std::ranges::fill(core_, 0.0);
    std::ranges::fill(column_energies_, 0.0);
    std::ranges::fill(layer_sums_, LayerSums{});
    std::ranges::fill(shower_.profiles, 0.0);
    std::ranges::fill(shower_.cell_spectrum, 0U);
    shower_.cell_sum = radius_ = radius_squared_ = 0;
}

double ShowerObserver::add_cells(Column const& column, float const* cells)
{
    auto const& spectrum = set_->spectrum();
    double* const profile = &shower_.profiles[set_->depth_axis().first];
    double sum = 0;
    cells += column.first_cell;
    auto const behind = column.first_layer + column.layers;
    for (auto layer = column.first_layer; layer < behind; ++layer, cells += depth_stride_) {
        float const cell = *cells;
        if (cell == 0.0F) continue;
        auto const energy = static_cast<double>(cell);
        sum += energy;
        profile[layer] += energy;
        auto& sums = layer_sums_[layer];
        if (cell > 0.0F) {
            ++shower_.cell_spectrum[spectrum_bin(spectrum, cell)];
            for (std::size_t i = 0; i < thresholds_.size(); ++i) hits_[i] += cell > thresholds_[i];
            ++sums.hits;
        }
        sums.energy += energy;
        for (std::size_t i = 0; i < 2; ++i) {
            double const moment = energy * column.place[i];
            sums.first[i] += moment;
            sums.second[i] += moment * column.place[i];
        }
    }
    return sum;
}

void ShowerObserver::add_column(Column const& column, double energy)
{
    auto const across = set_->detector().transverse();
    for (std::size_t i = 0; i < across.size(); ++i)
        shower_.profiles[set_->profile_axes()[across[i]].first + column.bins[i]] += energy;
    shower_.cell_sum += energy;
    radius_ += energy * column.radius;
    radius_squared_ += energy * column.radius_squared;
    for (std::size_t i = column.core; i < core_.size(); ++i) core_[i] += energy;
}

ShowerObservables const& ShowerObserver::operator()(std::span<float const> cells,
                                                    double primary_energy)
{
    assert(cells.size() == set_->detector().cells());
    clear();
    auto const columns = set_->columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        column_energies_[i] = add_cells(columns[i], cells.data());
        if (column_energies_[i] != 0) add_column(columns[i], column_energies_[i]);
    }
    set_values(primary_energy);
    set_layers(primary_energy);
    for (double& bin : shower_.profiles) bin /= primary_energy;
    return shower_;
}

void ShowerObserver::set_values(double primary_energy)
{
    auto const observables = set_->observables();
    for (std::size_t i = 0; i < observables.size(); ++i)
        shower_.values[i] = value_of(observables[i], primary_energy);
}

double ShowerObserver::value_of(ObservableInfo const& observable, double primary_energy) const
{
    switch (observable.kind) {
        case ObservableKind::sampling_fraction:
            return shower_.cell_sum / primary_energy;
        case ObservableKind::longitudinal_mean:
            return along(set_->depth_axis()).mean;
        case ObservableKind::longitudinal_width:
            return along(set_->depth_axis()).width;
        case ObservableKind::transverse_mean:
            return transverse(observable.which).mean;
        case ObservableKind::transverse_width:
            return transverse(observable.which).width;
        case ObservableKind::radius_mean:
            return share(radius_);
        case ObservableKind::radius_rms:
            return std::sqrt(share(radius_squared_));
        case ObservableKind::hits:
            return static_cast<double>(hits_[observable.which]);
        default:
            return share(core_[observable.which]);
    }
}

double ShowerObserver::share(double energy) const
{
    return shower_.cell_sum > 0 ? energy / shower_.cell_sum : not_known;
}

/// First moment and root of the central second moment of a profile, in bins.
ShowerObserver::Moments ShowerObserver::along(ProfileAxis const& axis) const
{
    double const total = shower_.cell_sum;
    if (!(total > 0)) return {not_known, not_known};
    auto const profile = std::span(shower_.profiles).subspan(axis.first, axis.bins);
    double first = 0;
    for (std::size_t bin = 0; bin < profile.size(); ++bin)
        first += static_cast<double>(bin) * profile[bin];
    double const mean = first / total;
    double second = 0;
    for (std::size_t bin = 0; bin < profile.size(); ++bin) {
        double const distance = static_cast<double>(bin) - mean;
        second += distance * distance * profile[bin];
    }
    return {mean, std::sqrt(second / total)};
}

/// Of a Cartesian detector a transverse direction is an axis; of a cylinder it is not.
ShowerObserver::Moments ShowerObserver::transverse(std::size_t direction) const
{
    auto const& detector = set_->detector();
    if (detector.geometry == Geometry::cartesian)
        return along(set_->profile_axes()[detector.transverse()[direction]]);
    double const total = shower_.cell_sum;
    if (!(total > 0)) return {not_known, not_known};
    auto const columns = set_->columns();
    double first = 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
        first += columns[i].place[direction] * column_energies_[i];
    double const mean = first / total;
    double second = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        double const distance = columns[i].place[direction] - mean;
        second += distance * distance * column_energies_[i];
    }
    return {mean, std::sqrt(second / total)};
}

ShowerObserver::Moments ShowerObserver::of_layer(LayerSums const& layer,
                                                 std::size_t direction) const
{
    if (!(layer.energy > 0)) return {not_known, not_known};
    double const mean = layer.first[direction] / layer.energy;
    double const variance = layer.second[direction] / layer.energy - mean * mean;
    return {mean + middle_[direction], std::sqrt(std::max(0.0, variance))};
}

void ShowerObserver::set_layers(double primary_energy)
{
    auto const layers = layer_sums_.size();
    for (std::size_t layer = 0; layer < layers; ++layer) {
        auto const& sums = layer_sums_[layer];
        double* const place = &shower_.layers[layer];  // then one for each quantity, `layers` apart
        place[0] = sums.energy / primary_energy;
        for (std::size_t i = 0; i < 2; ++i) {
            auto const moments = of_layer(sums, i);
            place[(1 + 2 * i) * layers] = moments.mean;
            place[(2 + 2 * i) * layers] = moments.width;
        }
        bool const has_cells = layer_cells_[layer] > 0;
        place[5 * layers] = has_cells ? static_cast<double>(sums.hits) / layer_cells_[layer] : 0.0;
    }
}

}  // namespace lowcal::physics
