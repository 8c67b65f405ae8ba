#include "runtime/kernels/level_product_kernel.hpp"
#include "runtime/kernels/pixel_layers_kernel.hpp"

namespace lowcal::runtime {

LevelProductVersion level_product_kernel()
{
#if defined(__x86_64__)
    static bool const vnni = pixel_layers_kernel() != nullptr;
    if (vnni) return {.run = &multiply_levels_vnni};
#endif
    return {.run = level_product_kernels.fastest(), .pairs = true};
}

}  // namespace lowcal::runtime
