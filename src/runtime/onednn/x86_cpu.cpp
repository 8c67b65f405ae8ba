#include "runtime/onednn/x86_cpu.hpp"

namespace lowcal::runtime {

unsigned x86_isa()
{
    return static_cast<unsigned>(dnnl::get_effective_cpu_isa());
}

}  // namespace lowcal::runtime
