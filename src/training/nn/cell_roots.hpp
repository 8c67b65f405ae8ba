#pragma once

#include <torch/types.h>

namespace lowcal::training {

/// Cube roots (MeV) of the cells that a generator's linear output (GeV x image_scale) gives: those
/// of its positive numbers, zero for the others.
///
/// The gradient is that of a smooth curve beside it. A cube root's own is infinite at zero, and a
/// ReLU's is zero below, where a cell could never become a hit again: this one falls off over
/// `reach` MeV there.
torch::Tensor cell_roots(torch::Tensor const& output);

/// Of real cells (GeV x image_scale), without gradient.
torch::Tensor roots_of_cells(torch::Tensor const& cells);

}  // namespace lowcal::training
