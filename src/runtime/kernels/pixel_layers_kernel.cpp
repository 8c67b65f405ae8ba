#include "runtime/kernels/pixel_layers_kernel.hpp"

#include "core/kernels/instruction_set.hpp"
#include "runtime/kernels/pixel_layers_vnni.hpp"

#include <dnnl.hpp>

namespace lowcal::runtime {

PixelLayersKernel pixel_layers_kernel()
{
    auto const isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
    auto const needed = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_vnni);
    bool const usable =
        (isa & needed) == needed && best_instruction_set() == InstructionSet::avx512;
    return usable ? &run_pixel_layers_vnni : nullptr;
}

}  // namespace lowcal::runtime
