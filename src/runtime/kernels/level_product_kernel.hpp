#pragma once

#include "core/kernels/instruction_set.hpp"

#include <cstddef>
#include <cstdint>

namespace lowcal::runtime {

/// Dense layer over levels: sums of uint8 x int8 products in 32-bit integers, then, each operation
/// rounded by itself,
///
///     number = sum x scale[o] + start
///     result = LeakyReLU(number), as it is or as the nearest level: x inverse + zero, 0 to 255
///
/// The same bits for any number of rows and every instruction set.
struct LevelProduct {
    std::size_t rows = 0;
    std::size_t inputs = 0;                ///< a multiple of inputs_together
    std::size_t outputs = 0;               ///< a multiple of level_outputs_together
    std::uint8_t const* source = nullptr;  ///< [rows][source_step]
    std::size_t source_step = 0;           ///< at least the inputs
    void const* weights = nullptr;         ///< as the kernel wants them, LevelProductVersion
    float const* scale = nullptr;          ///< [outputs]
    /// What sums begin with: [rows][start_step], or one for all where that is 0.
    float const* start = nullptr;
    std::size_t start_step = 0;
    float slope = 1.0F;  ///< of LeakyReLU, 0 to 1; 1: none
    float inverse = 1.0F, zero = 0.0F;
    float* numbers = nullptr;        ///< [rows][outputs], or
    std::uint8_t* levels = nullptr;  ///< the same
};

inline constexpr std::size_t inputs_together = 4;
inline constexpr std::size_t level_outputs_together = 16;

/// Where the weight of an input and an output stands among pairs: of each four inputs first the
/// even two, then the odd two of all outputs, as masks and shifts take them from levels.
constexpr std::size_t pair_index(std::size_t outputs, std::size_t input, std::size_t output)
{
    constexpr std::size_t two = 2;
    auto const pair = input / inputs_together * two + input % two;
    return (pair * outputs + output) * two + input % inputs_together / two;
}

using LevelProductKernel = void (*)(LevelProduct const& product);

/// A kernel and how it wants weights: int8 in groups of four inputs, [inputs / 4][outputs][4], or
/// int16 in pairs, at `pair_index`.
struct LevelProductVersion {
    LevelProductKernel run = nullptr;
    bool pairs = false;
};
/// The fastest that this CPU, or oneDNN's cap on it, has.
LevelProductVersion level_product_kernel();

/// For every instruction set; weights in pairs.
LOWCAL_DECLARE_KERNEL(void multiply_levels(LevelProduct const& product))
inline constexpr auto level_product_kernels = LOWCAL_KERNEL_VERSIONS(multiply_levels);

/// For CPUs with AVX-512 and VNNI only; weights in groups of four.
void multiply_levels_vnni(LevelProduct const& product);

}  // namespace lowcal::runtime
