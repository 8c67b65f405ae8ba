#pragma once

#include <dnnl.hpp>

namespace lowcal::runtime {

/// The bits of the instruction set (dnnl::cpu_isa) that oneDNN takes here; 0 on CPUs that are not
/// x86-64, whose sets oneDNN counts by the same numbers.
unsigned x86_isa();

/// Whether oneDNN has at least this instruction set of x86-64 here.
inline bool has_x86(dnnl::cpu_isa needed)
{
    auto const bits = static_cast<unsigned>(needed);
    return (x86_isa() & bits) == bits;
}

}  // namespace lowcal::runtime
