#include "quantisation/form/patches.hpp"

#include "graph/model/graph.hpp"

#include <algorithm>

namespace lowcal::quantisation {

bool Patches::suit(graph::ConvolutionGeometry const& geometry)
{
    return geometry.groups == 1 &&
           std::all_of(geometry.axes.begin(), geometry.axes.end(),
                       [](auto const& axis) { return axis.stride == 1 && axis.dilation == 1; });
}

Patches::Patches(graph::ConvolutionGeometry const& geometry)
    : channels_(static_cast<std::size_t>(geometry.input_channels))
{
    graph::Shape kernel, output;
    for (auto const& axis : geometry.axes) {
        kernel.push_back(axis.kernel);
        output.push_back(axis.output);
        input_cells_ *= static_cast<std::size_t>(axis.input);
    }
    auto const taps = graph::element_count(kernel);
    taps_ = static_cast<std::size_t>(taps);
    for (std::int64_t cell = 0; cell < graph::element_count(output); ++cell) {
        auto const position = graph::indices_of(cell, output);
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            auto const offset = graph::indices_of(tap, kernel);
            std::int64_t place = 0;
            bool inside = true;
            for (std::size_t i = 0; i < offset.size(); ++i) {
                auto const& axis = geometry.axes[i];
                auto const at = position[i] + offset[i] - axis.pad_begin;
                inside = inside && at >= 0 && at < axis.input;
                place = place * axis.input + at;
            }
            places_.push_back(inside ? static_cast<std::ptrdiff_t>(place) : -1);
        }
    }
}

void Patches::add(std::span<float const> shower, std::size_t cell, double weight,
                  std::span<double> patch) const
{
    auto const places = std::span(places_).subspan(cell * taps_, taps_);
    auto to = patch.begin();
    for (std::size_t c = 0; c < channels_; ++c) {
        auto const channel = shower.subspan(c * input_cells_, input_cells_);
        for (auto const place : places) {
            if (place >= 0)
                *to += weight * static_cast<double>(channel[static_cast<std::size_t>(place)]);
            ++to;
        }
    }
}

}  // namespace lowcal::quantisation
