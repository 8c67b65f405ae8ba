#include "runtime/kernels/pixel_layers_kernel.hpp"

#include "core/kernels/instruction_set.hpp"
#include "runtime/kernels/pixel_layers_vnni.hpp"
#include "runtime/onednn/x86_cpu.hpp"

namespace lowcal::runtime {

PixelLayersKernel pixel_layers_kernel()
{
    bool const usable = has_x86(dnnl::cpu_isa::avx512_core_vnni) &&
                        best_instruction_set() == InstructionSet::avx512;
    return usable ? &run_pixel_layers_vnni : nullptr;
}

}  // namespace lowcal::runtime
