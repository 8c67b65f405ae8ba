#pragma once

#include "runtime/small_networks.hpp"

namespace lowcal::test {

inline constexpr float small_lean_threshold = 5e-4F;
inline constexpr std::int64_t small_lean_latent = 12 + 4 * 25 + 625;

/// Appends what finishes cells as our training exports it: `answer` [N, 25, x, y], `layers` [N, 25]
/// in MeV -> "shower" [N, x, y, 25] in GeV.
void add_cell_tail(NetworkBuilder& net, std::string const& answer, std::string const& layers,
                   graph::Shape const& base);

/// `lean` with few numbers: latent [N, small_lean_latent] and energy [N, 1] -> shower. A dense
/// layer makes layer energies, another one the shape, with noise joined on 5 x 5 and 25 x 25 cells.
graph::Graph small_lean();

}  // namespace lowcal::test
