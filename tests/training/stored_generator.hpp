#pragma once

#include "training/checkpoint.hpp"

namespace lowcal::training {

/// A generator as training leaves one: normalisation averages that belong to its weights.
StoredGenerator make_generator(Architecture architecture);

}  // namespace lowcal::training
