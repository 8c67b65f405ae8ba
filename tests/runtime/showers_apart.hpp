#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace lowcal::runtime {

/// How many of `showers`, whose cells follow each other, are not the same but for float32's digits.
inline std::size_t showers_apart(std::vector<float> const& found,
                                 std::vector<float> const& expected, std::size_t showers)
{
    auto const cells = expected.size() / showers;
    std::size_t apart = 0;
    for (std::size_t i = 0; i < showers; ++i) {
        float largest = 0, difference = 0;
        for (std::size_t at = i * cells; at < (i + 1) * cells; ++at) {
            largest = std::max(largest, expected[at]);
            difference = std::max(difference, std::abs(found[at] - expected[at]));
            if (std::isnan(found[at])) difference = INFINITY;
        }
        // Logarithms round differently, and go from layer to layer.
        if (difference > 1e-3F * largest) ++apart;
    }
    return apart;
}

// A draw that is a rounding away from another outcome takes its shower along: that is one of
// hundreds for each shower.
inline constexpr std::size_t few = 2;

}  // namespace lowcal::runtime
