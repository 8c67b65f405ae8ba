#pragma once

#include <string>
#include <string_view>

namespace lowcal::runtime {

/// Arithmetic in which a network's convolutions run. Which of them are int8, or bfloat16 where the
/// CPU has it, is written in the network (see lowcal quantize): asked for float32 or bfloat16,
/// those run so of which the network says nothing. float16 is a way to store weights; such a
/// network runs in float32.
enum class Precision { float32, bfloat16, float16, int8 };

/// How transposed convolutions run: `phases` is the fast way, `plain` oneDNN's own primitive, kept
/// so that benchmarks can state the difference.
enum class TransposedMethod { phases, plain };

/// "f32", "bf16", "f16" or "int8"; throws InputError for another name.
Precision parse_precision(std::string_view name);
std::string_view name_of(Precision precision);

/// What runs when `wanted` is asked for on this CPU: bfloat16 needs a CPU that multiplies it, the
/// next best is float32, as it is for float16, which oneDNN does not multiply on CPUs that we know.
Precision available_precision(Precision wanted);

/// oneDNN's name of the instruction set that its kernels use here, and its version, for records.
std::string instruction_set();
std::string onednn_version();

}  // namespace lowcal::runtime
