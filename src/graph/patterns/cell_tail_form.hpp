#pragma once

#include <array>
#include <cstddef>

namespace lowcal::graph {

/// The numbers of what turns a network's answer into cell energies; the form has three constant
/// images, too (base, scatter, scatter_low: a number for each cell).
///
///     mean   = base x layer root
///     spread = scatter + scatter_low / (1 + layer root)
///     a      = max(mean + answer + spread x noise, floor_share x mean)
///     square = a x (a + rise) - for each kink, less x (a - from) where a > from
///     all    = square^(3/2) scaled such that its sum over a layer is the layer's energy
///     faint  = min(faint_slope x all + faint_offset, line)
///     result = max(all, faint) where all > threshold, else 0
struct CellTailForm {
    struct Kink {
        float from = 0.0F;
        float less = 0.0F;
        bool operator==(Kink const&) const = default;
    };
    static constexpr std::size_t kink_count = 6;  ///< those that a network lacks are all zero

    float floor_share = 0.0F;
    float rise = 0.0F;
    std::array<Kink, kink_count> kinks{};
    float smallest_sum = 0.0F;  ///< added to the sum over a layer
    float threshold = 0.0F;     ///< energies from here on in the unit of the result
    float faint_slope = 0.0F;
    float faint_offset = 0.0F;
    float line = 0.0F;

    bool operator==(CellTailForm const&) const = default;
};

}  // namespace lowcal::graph
