#pragma once

#include "graph/patterns/cell_tail.hpp"
#include "runtime/small_networks.hpp"

namespace lowcal::test {

inline constexpr float small_lean_threshold = 5e-4F;
inline constexpr std::int64_t small_lean_noise = 625;
inline constexpr std::int64_t small_lean_noise_step = 97;
inline constexpr std::int64_t small_lean_latent = 12 + 4 * 25 + small_lean_noise;

/// Values of a network.
struct CellTailInputs {
    std::string answer;  ///< [N, 25, x, y]
    std::string layers;  ///< [N, 25], MeV
    std::string noise;   ///< [N, small_lean_noise]
};
/// Two kinks; no number is one at which a part of the form would do nothing.
graph::CellTailForm small_lean_form();

/// Appends what finishes cells as our training exports it -> "shower" [N, x, y, 25] in GeV. `image`
/// is 25, x, y.
void add_cell_tail(NetworkBuilder& net, CellTailInputs const& inputs, graph::Shape const& image);

/// `lean` with few numbers: latent [N, small_lean_latent] and energy [N, 1] -> shower. A dense
/// layer makes layer energies, another one the shape, with noise joined on 5 x 5 and 25 x 25 cells.
graph::Graph small_lean();

}  // namespace lowcal::test
