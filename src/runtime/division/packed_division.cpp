#include "runtime/division/packed_division.hpp"

#include "runtime/kernels/dense_kernel.hpp"
#include "runtime/kernels/division_kernel.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

using graph::layer_numbers;
using graph::place_numbers;

/// What rows of a learnt table add to a layer: [rows][outputs].
std::vector<float> through(std::vector<float> const& table, std::int64_t width,
                           graph::SplitWeights::Dense const& dense, std::int64_t first_input)
{
    auto const rows = static_cast<std::int64_t>(table.size()) / width;
    std::vector<float> sums(static_cast<std::size_t>(rows * dense.outputs), 0.0F);
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t i = 0; i < width; ++i)
            for (std::int64_t o = 0; o < dense.outputs; ++o)
                sums[static_cast<std::size_t>(row * dense.outputs + o)] +=
                    table[static_cast<std::size_t>(row * width + i)] *
                    dense.weights[static_cast<std::size_t>((first_input + i) * dense.outputs + o)];
    return sums;
}

template <class Number>
constexpr bool in_levels = std::is_same_v<Number, std::uint8_t>;

}  // namespace

template <class Number>
PackedDivision<Number>::PackedDivision(graph::SplitNetworkConfig const& config,
                                       graph::SplitNetworkConfig::Division const& form,
                                       graph::SplitWeights::Division const& division)
    : of_first_(division.of_first), of_second_(division.of_second), of_inner_(division.of_inner)
{
    auto const& first = division.first;
    auto const at = graph::feature_places(config, form.pass);
    windows_ = static_cast<std::size_t>(at.layer + at.end - at.known);
    of_blocks_ = Dense(first, {{0, at.layer}, {at.known, at.end}, {at.own, at.known}});
    of_layers_ = PackedDense(first, {{at.layer, at.own}});
    places_ = through(division.places, place_numbers, first, at.end);
    auto const learnt = through(division.layers, layer_numbers, first, at.end + place_numbers);
    auto const trunk = first.bias.size();
    layer_start_.resize(learnt.size() / trunk * padded_outputs(trunk), 0.0F);
    for (std::size_t i = 0; i < learnt.size(); ++i)  // of_blocks' bias knows of levels' zeros
        layer_start_[i / trunk * padded_outputs(trunk) + i % trunk] =
            of_blocks_.bias[i % trunk] + learnt[i];
    auto const whole = [](graph::SplitWeights::Dense const& dense) {
        return Dense(dense, {{0, dense.inputs}});
    };
    second_ = whole(division.second);
    hits_ = whole(division.hits);
    if (!form.of_single) {
        inner_ = Dense(division.inner, {{0, config.trunk}});
        of_hits_ = PackedDense(division.inner, {{config.trunk, division.inner.inputs}});
        energy_ = whole(division.energy);
    }
    steps_ = {.features = windows_ + (in_levels<Number> ? own_step : own_numbers),
              .trunk = second_.outputs,
              .inner = inner_.outputs,
              .hits = hits_.outputs,
              .energy = energy_.outputs};
    std::copy_n(inner_.bias.begin(), of_hits_.outputs, of_hits_.bias.begin());
    if (!in_levels<Number>) return;
    own_inverse_.resize(own_step, 0.0F);
    own_zero_.resize(own_step, 0.0F);
    for (std::size_t i = 0; i < own_numbers; ++i) {
        own_inverse_[i] = 1.0F / division.features[i].scale;
        own_zero_[i] = division.features[i].zero;
    }
}

template <class Number>
void PackedDivision<Number>::share(std::size_t showers, std::int64_t layer,
                                   float const* layer_features, float* result) const
{
    auto const step = padded_outputs(of_layers_.outputs);
    of_layers_(showers, layer_features, result, false,
               {.bias = layer_start_.data() + static_cast<std::size_t>(layer) * step});
}

template <class Number>
void PackedDivision<Number>::add_own(std::size_t rows, float const* own, Number* features) const
{
    if constexpr (in_levels<Number>) {
        own_level_kernels.fastest()({.rows = rows,
                                     .columns = own_step,
                                     .numbers = own,
                                     .inverse = own_inverse_.data(),
                                     .zero = own_zero_.data(),
                                     .levels = features + windows_,
                                     .levels_step = steps_.features});
    } else {
        for (std::size_t row = 0; row < rows; ++row)
            std::copy_n(own + row * own_step, own_numbers,
                        features + row * steps_.features + windows_);
    }
}

template <class Number>
void PackedDivision<Number>::make_trunk(std::size_t rows, Number const* features,
                                        float const* start, Number* scratch, Number* trunk) const
{
    if constexpr (in_levels<Number>) {
        of_blocks_(rows,
                   {.levels = features,
                    .step = steps_.features,
                    .start = start,
                    .start_step = of_layers_.outputs},
                   of_first_, scratch);
        second_(rows, {.levels = scratch, .step = steps_.trunk}, of_second_, trunk);
    } else {
        of_blocks_(rows, features, scratch, true, {.start = start});
        second_(rows, scratch, trunk, true);
    }
}

template <class Number>
void PackedDivision<Number>::make_hits(std::size_t rows, Number const* trunk, float* numbers) const
{
    if constexpr (in_levels<Number>)
        hits_(rows, {.levels = trunk, .step = steps_.trunk}, numbers);
    else
        hits_(rows, trunk, numbers, false);
}

template <class Number>
void PackedDivision<Number>::make_energies(std::size_t rows, Number const* trunk,
                                           float const* division, float* start, Number* inner,
                                           float* numbers) const
{
    of_hits_(rows, division, start, false);
    if constexpr (in_levels<Number>) {
        inner_(
            rows,
            {.levels = trunk, .step = steps_.trunk, .start = start, .start_step = of_hits_.outputs},
            of_inner_, inner);
        energy_(rows, {.levels = inner, .step = steps_.inner}, numbers);
    } else {
        inner_(rows, trunk, inner, true, {.start = start});
        energy_(rows, inner, numbers, false);
    }
}

template <class Number>
std::size_t PackedDivision<Number>::bytes() const
{
    std::size_t sum = (places_.size() + layer_start_.size()) * sizeof(float);
    for (auto const* dense : {&of_blocks_, &second_, &hits_, &inner_, &energy_})
        sum += dense->bytes();
    return sum + of_layers_.bytes() + of_hits_.bytes();
}

template <class Number>
PackedNetwork<Number>::PackedNetwork(graph::SplitNetworkConfig form,
                                     graph::SplitWeights const& weights)
    : config(std::move(form)),
      anchors(weights.anchors),
      usual_shapes(weights.usual_shapes),
      centres(weights.centres),
      root_layers(weights.root_layers),
      blocks(weights.blocks),
      root_first(weights.root_first, {{0, weights.root_first.inputs}}),
      root_second(weights.root_second, {{0, weights.root_second.inputs}}),
      root(weights.root, {{0, weights.root.inputs}})
{
    for (auto const& scales : blocks)
        inverse_blocks.push_back({.energy = 1.0F / scales.energy, .hits = 1.0F / scales.hits});
    for (std::size_t s = 0; s < weights.stages.size(); ++s) {
        auto const& stage = weights.stages[s];
        auto const& of_tree = config.tree.stages[s];
        auto& packed = stages.emplace_back();
        for (std::size_t i = 0; i < stage.usual_hits.size(); ++i)
            packed.usual.push_back({.energy = stage.usual_energy[i], .hits = stage.usual_hits[i]});
        for (std::int64_t row = 0; row < of_tree.parents.rows; ++row)
            for (std::int64_t column = 0; column < of_tree.parents.columns; ++column) {
                auto& place = packed.places.emplace_back();
                auto const cells = config.tree.cells_of_children(of_tree, row, column);
                std::ranges::transform(cells, place.cells.begin(),
                                       [](auto count) { return static_cast<float>(count); });
                std::copy_n(
                    stage.centres.begin() + static_cast<std::ptrdiff_t>(place.centres.size()) *
                                                (row * of_tree.parents.columns + column),
                    place.centres.size(), place.centres.begin());
            }
        auto const forms = config.divisions(of_tree);
        for (std::size_t d = 0; d < forms.size(); ++d)
            packed.divisions.emplace_back(config, forms[d], stage.divisions[d]);
    }
}

template <class Number>
std::size_t PackedNetwork<Number>::bytes() const
{
    auto sum = (anchors.size() + usual_shapes.size() + centres.size() + root_layers.size()) *
                   sizeof(float) +
               root_first.bytes() + root_second.bytes() + root.bytes();
    for (auto const& stage : stages) {
        sum += stage.usual.size() * sizeof(Usual) + stage.places.size() * sizeof(Place);
        for (auto const& division : stage.divisions) sum += division.bytes();
    }
    return sum;
}

template class PackedDivision<float>;
template class PackedDivision<std::uint8_t>;
template struct PackedNetwork<float>;
template struct PackedNetwork<std::uint8_t>;

}  // namespace lowcal::runtime
