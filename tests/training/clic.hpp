#pragma once

#include "training/lean/shower_geometry.hpp"

namespace lowcal::training {

inline ShowerGeometry const clic = clic_geometry();

}  // namespace lowcal::training
