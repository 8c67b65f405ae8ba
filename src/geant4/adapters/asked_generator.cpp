#include "geant4/adapters/asked_generator.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <utility>

namespace lowcal::geant4 {
namespace {

using Meaning = AskedNumber::Meaning;

constexpr double mev_in_a_gev = 1000;

/// The detector's axes as the simulation counts them, the last one fastest.
std::array<std::size_t, 3> axes_in_order(Detector const& detector, CellOrder order)
{
    require_one_grid(detector, "the simulation takes the cells of a grid");
    auto const [first, second] = detector.transverse();
    if (order == CellOrder::depth_across) {
        if (detector.geometry != Geometry::cartesian)
            throw InputError("the simulation takes cartesian cells",
                             "the network makes " + cells_text(detector));
        return {detector.depth, first, second};
    }
    if (detector.geometry != Geometry::cylindrical)
        throw InputError("the simulation takes the cells of a cylinder",
                         "the network makes " + cells_text(detector));
    auto const angle = detector.axes[first].periodic ? first : second;
    return {first + second - angle, angle, detector.depth};
}

/// Which cell of the network is the simulation's first, second, ...
std::vector<std::size_t> cell_order(Detector const& detector, AskedLayout const& layout)
{
    auto const axes = axes_in_order(detector, layout.order);
    std::array<std::size_t, 3> sizes{}, strides{}, shifts{};
    for (std::size_t i = 0; i < 3; ++i) {
        sizes[i] = detector.axes[axes[i]].cells;
        strides[i] = detector.stride(axes[i]);
        // The network's angles begin at 0. Half a turn of an odd number of cells is half a cell
        // off.
        if (detector.axes[axes[i]].periodic && layout.angles_from_minus_pi)
            shifts[i] = (sizes[i] + 1) / 2;
    }
    std::vector<std::size_t> order;
    order.reserve(detector.cells());
    auto const place = [&](std::size_t axis, std::size_t i) {
        return (i + shifts[axis]) % sizes[axis] * strides[axis];
    };
    for (std::size_t i = 0; i < sizes[0]; ++i)
        for (std::size_t j = 0; j < sizes[1]; ++j)
            for (std::size_t k = 0; k < sizes[2]; ++k)
                order.push_back(place(0, i) + place(1, j) + place(2, k));
    return order;
}

}  // namespace

AskedGenerator::AskedGenerator(std::shared_ptr<runtime::ShowerGenerator const> generator,
                               AskedLayout layout, int pdg)
    : generator_(std::move(generator)),
      layout_(std::move(layout)),
      order_(cell_order(generator_->detector(), layout_)),
      pdg_(static_cast<float>(pdg)),
      made_(order_.size()),
      cells_(order_.size())
{
    require_conditions();
}

void AskedGenerator::require_conditions() const
{
    auto const has = [&](Meaning meaning) {
        return std::any_of(layout_.numbers.begin(), layout_.numbers.end(),
                           [&](auto const& number) { return number.meaning == meaning; });
    };
    for (auto const& name : generator_->needed_conditions()) {
        if ((name == "theta" && has(Meaning::theta)) || (name == "phi" && has(Meaning::phi)))
            continue;
        if (name == "pdg" && pdg_ != 0) continue;
        auto const* const why = name == "pdg" ? "none is given" : "the simulation does not say it";
        throw InputError("the network needs the condition " + name, why);
    }
}

void AskedGenerator::require_sizes(std::vector<std::vector<float>> const& vectors,
                                   std::size_t expected) const
{
    auto const& asked = layout_.vectors;
    if (vectors.size() != asked.size())
        throw InputError("the simulation hands over " + std::to_string(vectors.size()) +
                         " vectors, not " + std::to_string(asked.size()));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        auto const size = vectors[i].size();
        if (asked[i].latent ? size >= asked[i].conditions : size == asked[i].conditions) continue;
        throw InputError("vector " + std::to_string(i) + " of the simulation has " +
                         std::to_string(size) + " numbers, not " +
                         std::to_string(asked[i].conditions) + (asked[i].latent ? " or more" : ""));
    }
    if (expected != cells_.size())
        throw InputError("the simulation takes " + std::to_string(expected) + " cells",
                         "the network makes " + cells_text(generator_->detector()),
                         "give it a mesh of as many");
}

float* AskedGenerator::value_of(Meaning meaning)
{
    switch (meaning) {
        case Meaning::energy:
            return &energy_;
        case Meaning::theta:
            return &theta_;
        case Meaning::phi:
            break;
    }
    return &phi_;
}

std::span<double const> AskedGenerator::operator()(std::vector<std::vector<float>> const& vectors,
                                                   std::size_t expected, std::uint64_t seed)
{
    require_sizes(vectors, expected);
    for (auto const& number : layout_.numbers) {
        auto const& vector = vectors[number.vector];
        auto const value = static_cast<double>(vector[vector.size() - number.from_end]);
        *value_of(number.meaning) = static_cast<float>(number.unit * value);
    }
    Conditions conditions;
    for (auto const& name : generator_->needed_conditions()) {
        if (name == "pdg") conditions.pdg = {&pdg_, 1};
        if (name == "theta") conditions.theta = {&theta_, 1};
        if (name == "phi") conditions.phi = {&phi_, 1};
    }
    generator_->generate({.seed = seed, .energies = {&energy_, 1}, .conditions = conditions},
                         made_);
    auto const unit =
        layout_.unit == CellUnit::mev ? mev_in_a_gev : 1 / static_cast<double>(energy_);
    auto const smallest = generator_->detector().smallest_cell;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        auto const cell = static_cast<double>(made_[order_[i]]);
        cells_[i] = cell < smallest ? 0 : unit * cell;
    }
    return cells_;
}

}  // namespace lowcal::geant4
