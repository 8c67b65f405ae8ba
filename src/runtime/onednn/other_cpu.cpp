#include "runtime/onednn/x86_cpu.hpp"

namespace lowcal::runtime {

unsigned x86_isa()
{
    return 0;
}

}  // namespace lowcal::runtime
