#include "graph/shapes/resize_taps.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lowcal::graph {
namespace {

using Taps = std::vector<ResizeTap>;

/// Where an output lies among the inputs.
float position_of(std::string const& mode, float x, ResizeAxis const& axis, float input)
{
    auto const output = static_cast<float>(axis.output);
    if (mode == "asymmetric") return x / axis.scale;
    if (mode == "align_corners") return output > 1 ? x * (input - 1) / (output - 1) : 0.0F;
    auto const centred = (x + 0.5F) / axis.scale - 0.5F;
    if (mode == "pytorch_half_pixel") return output > 1 ? centred : 0.0F;
    if (mode == "half_pixel_symmetric") {
        auto const whole = output / (axis.scale * input);  // of the input that the output spans
        return input / 2 * (1 - whole) + centred;
    }
    return centred;
}

float rounded(std::string const& mode, float position)
{
    if (mode == "floor") return std::floor(position);
    if (mode == "ceil") return std::ceil(position);
    if (mode == "round_prefer_ceil") return std::floor(position + 0.5F);
    return std::ceil(position - 0.5F);
}

std::int64_t inside(float position, std::int64_t size)
{
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(position), 0, size - 1);
}

Taps linear(float position, std::int64_t size)
{
    position = std::clamp(position, 0.0F, static_cast<float>(size - 1));
    auto const first = inside(std::floor(position), size);
    auto const share = position - static_cast<float>(first);
    if (share == 0.0F) return {{first, 1.0F}};
    return {{first, 1 - share}, {std::min(first + 1, size - 1), share}};
}

/// Keys 1981: the factor of an element at a distance.
float cubic_factor(float distance, float a)
{
    auto const d = std::abs(distance);
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
}

Taps cubic(float position, std::int64_t size, float a, bool excludes_outside)
{
    Taps taps;
    float sum = 0;
    auto const floor = std::floor(position);
    for (auto const step : {-1.0F, 0.0F, 1.0F, 2.0F}) {
        auto const place = floor + step;
        bool const outside = place < 0 || place > static_cast<float>(size - 1);
        if (outside && excludes_outside) continue;
        auto const factor = cubic_factor(position - place, a);
        taps.push_back({inside(place, size), factor});
        sum += factor;
    }
    if (excludes_outside)
        for (auto& tap : taps) tap.weight /= sum;
    return taps;
}

}  // namespace

bool resizes_to_nearest(Node const& node)
{
    return string_attribute(node, "mode", "nearest") == "nearest";
}

std::vector<Taps> resize_taps(Node const& node, ResizeAxis const& axis, std::int64_t input_size)
{
    auto const mode = string_attribute(node, "mode", "nearest");
    auto const coordinates = string_attribute(node, "coordinate_transformation_mode", "half_pixel");
    auto const rounding = string_attribute(node, "nearest_mode", "round_prefer_floor");
    auto const a = float_attribute(node, "cubic_coeff_a", -0.75F);
    bool const excludes = int_attribute(node, "exclude_outside", 0) != 0;
    std::vector<Taps> result;
    for (std::int64_t output = 0; output < axis.output; ++output) {
        auto const position = position_of(coordinates, static_cast<float>(output), axis,
                                          static_cast<float>(input_size));
        if (mode == "nearest")
            result.push_back({{inside(rounded(rounding, position), input_size), 1.0F}});
        else if (mode == "linear")
            result.push_back(linear(position, input_size));
        else
            result.push_back(cubic(position, input_size, a, excludes));
    }
    return result;
}

}  // namespace lowcal::graph
