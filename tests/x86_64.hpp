#pragma once

namespace lowcal::test {

/// Of tests that choose among instruction sets by ONEDNN_MAX_CPU_ISA.
#if defined(__x86_64__)
inline constexpr bool is_x86_64 = true;
#else
inline constexpr bool is_x86_64 = false;
#endif
inline constexpr char const* only_x86_64 =
    "ONEDNN_MAX_CPU_ISA chooses among instruction sets of x86-64";

}  // namespace lowcal::test
