#include "runtime/kernels/arithmetic.hpp"

#include <algorithm>

namespace lowcal::runtime {

std::string instruction_class(Plan const& plan)
{
    bool const exact = std::ranges::all_of(plan.steps(), [](auto const& step) {
        return step->is_int8() || !step->sums_in_onednn();  // sums of integers have one result
    });
    if (exact) return "any";
    auto const set = instruction_set();
    for (std::string const known : {"AVX-512-AMX", "AVX-512", "AVX2", "AVX", "SSE4.1"})
        if (set.starts_with(known)) return known == "AVX-512-AMX" ? "AMX" : known;
    return set;
}

}  // namespace lowcal::runtime
