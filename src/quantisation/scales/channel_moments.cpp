#include "quantisation/scales/channel_moments.hpp"

#include "graph/shapes/shape_inference.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::quantisation {

std::vector<ChannelMoments> channel_moments(graph::Graph const& network,
                                            std::vector<std::string> const& values,
                                            NetworkRunner const& runner)
{
    auto const shapes = graph::infer_shapes(network, 1);
    std::vector<ChannelMoments> moments;
    std::vector<std::size_t> cells;  // of a channel of a shower
    std::vector<double> counts(values.size(), 0.0);
    for (auto const& value : values) {
        auto const& shape = shapes.at(value);
        auto const channels = static_cast<std::size_t>(shape[1]);
        std::vector<double> const zeros(channels, 0.0);
        moments.push_back({.means = zeros, .mean_squares = zeros, .largest = zeros});
        cells.push_back(static_cast<std::size_t>(graph::element_count(shape)) / channels);
    }
    runner.run(network, values, [&](std::size_t value, std::span<float const> numbers) {
        auto& [means, squares, largest] = moments[value];
        auto const size = cells[value];
        for (std::size_t row = 0; row * size < numbers.size(); ++row) {
            auto const channel = row % means.size();
            for (float const number : numbers.subspan(row * size, size)) {
                auto const x = static_cast<double>(number);
                means[channel] += x;
                squares[channel] += x * x;
                largest[channel] = std::max(largest[channel], std::abs(x));
            }
        }
        auto const per_channel = numbers.size() / means.size();
        counts[value] += static_cast<double>(per_channel);
    });
    for (std::size_t value = 0; value < values.size(); ++value) {
        for (auto& mean : moments[value].means) mean /= counts[value];
        for (auto& square : moments[value].mean_squares) square /= counts[value];
    }
    return moments;
}

}  // namespace lowcal::quantisation
