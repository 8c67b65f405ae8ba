#include "core/kernels/instruction_set.hpp"

namespace lowcal {

InstructionSet best_instruction_set()
{
#if defined(__x86_64__)
    static InstructionSet const best = [] {
        __builtin_cpu_init();
        bool const avx512 =
            __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
            __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
        if (avx512) return InstructionSet::avx512;
        bool const avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
        return avx2 ? InstructionSet::avx2 : InstructionSet::baseline;
    }();
    return best;
#else
    return InstructionSet::baseline;
#endif
}

std::vector<InstructionSet> usable_instruction_sets()
{
    std::vector<InstructionSet> usable;
    for (auto const set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
        if (set <= best_instruction_set()) usable.push_back(set);
    return usable;
}

std::string_view name_of(InstructionSet set)
{
    if (set == InstructionSet::avx512) return "avx512";
    return set == InstructionSet::avx2 ? "avx2" : "baseline";
}

}  // namespace lowcal
