// On processors that are not x86-64.

#include "runtime/kernels/pixel_layers_kernel.hpp"

namespace lowcal::runtime {

PixelLayersKernel pixel_layers_kernel()
{
    return nullptr;
}

}  // namespace lowcal::runtime
