#pragma once

#include "training/loop/checkpoint.hpp"

namespace lowcal::training {

/// A generator as training leaves one: normalisation averages that belong to its weights.
StoredGenerator make_generator(Architecture architecture);

/// An untrained lean whose constants come from a few invented showers and whose couplings do
/// something.
StoredLean make_lean();
/// The same of another detector.
StoredLean make_lean(ShowerGeometry const& geometry);

/// Invented showers in MeV, [count, z, x, y]: half of the cells hit, more near the axis.
torch::Tensor invented_cells(std::int64_t count);

}  // namespace lowcal::training
