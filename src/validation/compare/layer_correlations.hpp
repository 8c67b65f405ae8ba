#pragma once

#include "validation/compare/residuals.hpp"
#include "validation/compare/square_matrix.hpp"

#include <cstdint>
#include <span>

namespace lowcal::validation {

/// Correlation coefficients of the layer energies, [layer][layer].
using LayerCorrelations = SquareMatrix;

/// Of some showers of a pool, from residuals: what layers share because they share the primary
/// energy is taken out. 0 for layers that do not vary, 1 on the diagonal.
LayerCorrelations layer_correlations(Residuals const& residuals,
                                     std::span<std::uint32_t const> showers);

}  // namespace lowcal::validation
