#pragma once

#include "training/fine/split_features.hpp"

namespace lowcal::training {

// What a shower's layers have in common beyond their energies: hits, widths and centres that
// deviate from the usual go on through many layers. Networks of later layers are told means.

/// Of layers: hits, width by energy and by hits, share of the strongest cells (as logarithms);
/// centre. [N, layers, shape_numbers] from cells [N, layers, rows, columns] with the tree's lead,
/// their centres [rows, columns, 2] and where the primary entered [N, 2]; of empty layers zeros.
torch::Tensor layer_shapes(torch::Tensor const& cells, torch::Tensor const& centres,
                           torch::Tensor const& entry);

/// What is usual of the first shapes for a layer's energy and the shower's, by linear regression
/// over showers: [layers, regressors, usual shapes].
torch::Tensor find_usual_shapes(torch::Tensor const& shapes, torch::Tensor const& energy,
                                SplitUnits const& units);
/// [N, layers, usual shapes] for energies [N, layers].
torch::Tensor usual_shapes(torch::Tensor const& coefficients, torch::Tensor const& energy,
                           SplitUnits const& units);
/// Shapes beyond the usual, in their unit.
torch::Tensor beyond_usual(torch::Tensor const& shapes, torch::Tensor const& usual);

/// Means over the layers before each, [N, layers, memory_numbers]: layers weigh by the logarithms
/// of their energies, 0 where they are not made yet.
torch::Tensor memory_of(torch::Tensor const& beyond, torch::Tensor const& energy,
                        SplitUnits const& units);

}  // namespace lowcal::training
