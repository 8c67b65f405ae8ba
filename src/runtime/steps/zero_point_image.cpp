#include "runtime/steps/zero_point_image.hpp"

#include "runtime/onednn/x86_cpu.hpp"

#include <cstddef>

namespace lowcal::runtime {
namespace {

constexpr std::size_t least_products = 512;  ///< for each number of the result

/// Sums of the weights over the input channels, [taps][C].
std::vector<float> tap_sums(ConvolutionConfig const& config)
{
    auto const taps = elements(config.kernel);
    auto const channels = config.channels();
    auto const inputs = config.weights.size() / (taps * channels);
    std::vector<float> sums(taps * channels);
    auto weight = config.weights.begin();
    for (std::size_t o = 0; o < channels; ++o)
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t tap = 0; tap < taps; ++tap) sums[tap * channels + o] += *weight++;
    return sums;
}

bool is_within(ConvolutionConfig const& config, std::vector<std::int64_t> const& cell,
               std::vector<std::int64_t> const& tap)
{
    for (std::size_t axis = 0; axis < cell.size(); ++axis) {
        auto const position = cell[axis] * config.strides[axis] - config.padding_before[axis] +
                              tap[axis] * (config.dilations[axis] + 1);
        if (position < 0 || position >= config.source[2 + axis]) return false;
    }
    return true;
}

}  // namespace

std::vector<float> zero_point_image(ConvolutionConfig const& config)
{
    auto const taps = elements(config.kernel);
    auto const channels = config.channels();
    auto const sums = tap_sums(config);
    auto const zero_point = static_cast<float>(config.source_levels.zero_point);
    std::vector<std::int64_t> const spatial(config.destination.begin() + 2,
                                            config.destination.end());
    std::vector<std::vector<std::int64_t>> tap_indices;
    for (std::size_t tap = 0; tap < taps; ++tap)
        tap_indices.push_back(graph::indices_of(static_cast<std::int64_t>(tap), config.kernel));
    std::vector<float> image(elements(spatial) * channels);
    for (std::size_t cell = 0; cell < elements(spatial); ++cell) {
        auto const position = graph::indices_of(static_cast<std::int64_t>(cell), spatial);
        for (std::size_t tap = 0; tap < taps; ++tap) {
            if (!is_within(config, position, tap_indices[tap])) continue;
            for (std::size_t o = 0; o < channels; ++o)
                image[cell * channels + o] -= zero_point * sums[tap * channels + o];
        }
    }
    return image;
}

bool gains_from_zero_point_image(ConvolutionConfig const& config)
{
    if (!config.is_int8() || config.groups != 1 || config.source_levels.zero_point == 0)
        return false;
    if (x86_isa() == 0) return false;
    bool padded = false;
    for (std::size_t axis = 0; axis < config.kernel.size(); ++axis)
        padded = padded || config.padding_before[axis] > 0 || config.padding_after[axis] > 0;
    auto const inputs = static_cast<std::size_t>(config.source[1]);
    return padded && inputs * elements(config.kernel) >= least_products;
}

}  // namespace lowcal::runtime
