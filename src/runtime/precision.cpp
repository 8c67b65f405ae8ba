#include "runtime/precision.hpp"

#include "core/error.hpp"
#include "runtime/onednn/x86_cpu.hpp"

namespace lowcal::runtime {

Precision parse_precision(std::string_view name)
{
    if (name == "f32") return Precision::float32;
    if (name == "bf16") return Precision::bfloat16;
    if (name == "f16") return Precision::float16;
    if (name == "int8") return Precision::int8;
    throw InputError("unknown precision '" + std::string(name) + "'",
                     "known: f32, bf16, f16, int8");
}

std::string_view name_of(Precision precision)
{
    switch (precision) {
        case Precision::float32:
            return "f32";
        case Precision::bfloat16:
            return "bf16";
        case Precision::float16:
            return "f16";
        case Precision::int8:
            break;
    }
    return "int8";
}

Precision available_precision(Precision wanted)
{
    if (wanted == Precision::float16) return Precision::float32;
    if (wanted != Precision::bfloat16) return wanted;
    return has_x86(dnnl::cpu_isa::avx512_core_bf16) ? Precision::bfloat16 : Precision::float32;
}

std::string instruction_set()
{
    if (x86_isa() == 0) return "not x86-64";
    switch (static_cast<dnnl::cpu_isa>(x86_isa())) {
        case dnnl::cpu_isa::sse41:
            return "SSE4.1";
        case dnnl::cpu_isa::avx:
            return "AVX";
        case dnnl::cpu_isa::avx2:
            return "AVX2";
        case dnnl::cpu_isa::avx2_vnni:
            return "AVX2-VNNI";
        case dnnl::cpu_isa::avx512_core:
            return "AVX-512";
        case dnnl::cpu_isa::avx512_core_vnni:
            return "AVX-512-VNNI";
        case dnnl::cpu_isa::avx512_core_bf16:
            return "AVX-512-BF16";
        default:
            return "AVX-512-AMX or other";
    }
}

std::string onednn_version()
{
    auto const* const version = dnnl::version();
    return std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
           std::to_string(version->patch);
}

}  // namespace lowcal::runtime
