#include "physics/features/shower_features.hpp"

#include "physics/features/hits.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

namespace lowcal::physics {
namespace {

constexpr float unknown_number = std::numeric_limits<float>::quiet_NaN();

/// Writes numbers one behind the other.
class RowWriter {
public:
    explicit RowWriter(std::span<float> row) : row_(row) {}

    template <class Number>
    void operator()(Number value)
    {
        row_[next_++] = static_cast<float>(value);
    }
    /// `part` over `whole`; NaN where there is no whole.
    template <class Part, class Whole>
    void share(Part part, Whole whole)
    {
        auto const all = static_cast<double>(whole);
        (*this)(all > 0 ? static_cast<float>(static_cast<double>(part) / all) : unknown_number);
    }
    std::size_t next() const { return next_; }

private:
    std::span<float> row_;
    std::size_t next_ = 0;
};

void write_given(FeatureSet const& set, data::ShowerBlock const& block, std::size_t shower,
                 RowWriter& write)
{
    write(std::log(block.primary_energy[shower]));
    auto const known = data::conditions_of(block);
    for (auto const& condition : set.conditions()) {
        auto const values = known.*condition.values;
        write(values.empty() ? unknown_number : values[shower]);
    }
}

/// Pairs above each threshold over hits above it, then roughness between each threshold and the
/// next.
void write_neighbours(Neighbourhood const& found, std::span<std::uint32_t const> hits,
                      RowWriter& write)
{
    auto const levels = hits.size();
    for (auto const& pairs : found.pairs)
        for (std::size_t level = 0; level < levels; ++level) {
            std::uint32_t above = 0;
            for (std::size_t i = level; i < levels; ++i) above += pairs[i];
            write.share(above, hits[level]);
        }
    for (std::size_t axis = 0; axis < 3; ++axis)
        for (std::size_t level = 0; level < levels; ++level)
            write.share(found.roughness[axis][level], found.triples[axis][level]);
}

}  // namespace

ShowerFeatures::ShowerFeatures(std::shared_ptr<FeatureSet const> set)
    : set_(std::move(set)),
      observe_(set_->observables()),
      neighbours_(set_->detector(), set_->thresholds()),
      central_(set_->detector().layers()),
      ring_energies_(set_->rings()),
      layer_hits_(set_->thresholds().size() * central_.size()),
      ring_hits_(set_->thresholds().size() * ring_energies_.size()),
      hits_(set_->thresholds().size())
{
}

void ShowerFeatures::add_energy(float cell, std::size_t layer, std::size_t ring)
{
    ring_energies_[ring] += static_cast<double>(cell);
    auto const thresholds = set_->thresholds();
    for (std::size_t level = 0; level < thresholds.size() && cell > thresholds[level]; ++level) {
        ++hits_[level];
        ++layer_hits_[level * central_.size() + layer];
        ++ring_hits_[level * ring_energies_.size() + ring];
    }
}

void ShowerFeatures::sum_cells(std::span<float const> cells)
{
    std::ranges::fill(central_, 0.0);
    std::ranges::fill(ring_energies_, 0.0);
    std::ranges::fill(layer_hits_, 0U);
    std::ranges::fill(ring_hits_, 0U);
    std::ranges::fill(hits_, 0U);
    auto const axis = set_->axis_of(cells);
    auto const edges = set_->ring_edges();
    for_each_energy(*set_->observables(), cells,
                    [&](Column const& column, std::size_t layer, float cell) {
                        auto const distance = set_->distance_squared(axis, column, layer);
                        auto const ring = std::ranges::upper_bound(edges, distance) - edges.begin();
                        add_energy(cell, layer, static_cast<std::size_t>(ring));
                        if (column.core == 0) central_[layer] += static_cast<double>(cell);
                    });
}

void ShowerFeatures::operator()(data::ShowerBlock const& block, std::size_t shower,
                                std::span<float> row)
{
    assert(row.size() == set_->count());
    auto const cells = block.shower(shower);
    auto const energy = static_cast<double>(block.primary_energy[shower]);
    auto const& seen = observe_(cells, energy);
    auto const& observables = *set_->observables();
    auto const layers = std::span(seen.layers);  // energy, four moments, share of hits
    auto const layer_count = central_.size();
    sum_cells(cells);
    RowWriter write(row);
    write_given(*set_, block, shower, write);
    write(seen.values[sampling_fraction]);
    for (auto const hits : hits_) write(hits);
    for (double const value : layers.first(layer_count)) write(value);
    for (auto const hits : layer_hits_) write(hits);
    for (double const value : layers.subspan(layer_count, 4 * layer_count)) write(value);
    if (observables.core_count() > 0)
        for (std::size_t i = 0; i < layer_count; ++i) write.share(central_[i], layers[i] * energy);
    for (double const in_ring : ring_energies_) write(in_ring / energy);
    for (auto const hits : ring_hits_) write(hits);
    for (std::size_t i = 0; i < seen.values.size(); ++i) {
        auto const kind = observables.observables()[i].kind;
        if (is_moment(kind) || kind == ObservableKind::core) write(seen.values[i]);
    }
    for (auto const bin : seen.cell_spectrum) write.share(bin, hits_[0]);
    write_neighbours(neighbours_(cells), hits_, write);
    assert(write.next() == row.size());
}

}  // namespace lowcal::physics
