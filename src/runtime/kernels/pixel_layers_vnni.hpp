#pragma once

#include "runtime/kernels/pixel_layers_kernel.hpp"

namespace lowcal::runtime {

/// For CPUs with AVX-512 and VNNI only: see pixel_layers_kernel.
void run_pixel_layers_vnni(PixelLayers const& layers, std::size_t pixels,
                           std::uint8_t const* source, float* result);

}  // namespace lowcal::runtime
