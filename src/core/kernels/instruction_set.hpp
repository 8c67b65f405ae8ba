#pragma once

#include <string_view>
#include <vector>

namespace lowcal {

/// For which our own kernels are compiled; each holds the ones before it.
enum class InstructionSet {
    baseline,  ///< what every CPU of the architecture has
    avx2,      ///< and FMA
    avx512     ///< F, BW, DQ and VL
};

/// The largest that this CPU (and its operating system) can run.
InstructionSet best_instruction_set();
/// All that it can run, `baseline` first.
std::vector<InstructionSet> usable_instruction_sets();
/// "baseline", "avx2", "avx512".
std::string_view name_of(InstructionSet set);

/// One kernel, compiled for each instruction set. All versions give the same bits: they round each
/// operation by itself (no contraction, but multiply_add where it is asked for) and add in an order
/// that no vector width changes.
template <class Function>
struct KernelVersions {
    Function baseline;
    Function avx2;
    Function avx512;

    Function of(InstructionSet set) const
    {
        if (set == InstructionSet::avx512) return avx512;
        return set == InstructionSet::avx2 ? avx2 : baseline;
    }
    Function fastest() const { return of(best_instruction_set()); }
};
template <class Function>  // clang deduces it of an aggregate since version 17 only
KernelVersions(Function, Function, Function)->KernelVersions<Function>;

/// Declares a kernel in the namespaces of the instruction sets; to be used inside lowcal.
#define LOWCAL_DECLARE_KERNEL(declaration) \
    namespace baseline {                   \
    declaration;                           \
    }                                      \
    namespace avx2 {                       \
    declaration;                           \
    }                                      \
    namespace avx512 {                     \
    declaration;                           \
    }

#if defined(__x86_64__)
#define LOWCAL_KERNEL_VERSIONS(kernel)                    \
    ::lowcal::KernelVersions                              \
    {                                                     \
        &baseline::kernel, &avx2::kernel, &avx512::kernel \
    }
#else
#define LOWCAL_KERNEL_VERSIONS(kernel)                          \
    ::lowcal::KernelVersions                                    \
    {                                                           \
        &baseline::kernel, &baseline::kernel, &baseline::kernel \
    }
#endif

}  // namespace lowcal
