#pragma once

#include "core/kernels/instruction_set.hpp"

#include <cstddef>

namespace lowcal::runtime {

/// result[n][o] = f(bias[o] + sum over k of source[n][k] weights[k][o]), added in the order of k,
/// f = LeakyReLU. Same bits for any number of rows.
struct DenseProduct {
    std::size_t rows = 0;
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    float const* source = nullptr;
    float const* weights = nullptr;  ///< [padded_outputs / outputs_together][in][outputs_together]
    float const* bias = nullptr;     ///< padded_outputs(outputs)
    float slope = 1.0F;              ///< of LeakyReLU; 1: none
    float* result = nullptr;
    /// [rows][outputs], in the place of the bias where it is there.
    float const* start = nullptr;
};

/// Outputs whose weights lie together: two of the largest vectors.
inline constexpr std::size_t outputs_together = 32;

/// Weights and biases are padded to whole vectors.
constexpr std::size_t padded_outputs(std::size_t outputs)
{
    return (outputs + outputs_together - 1) / outputs_together * outputs_together;
}

/// Where the weight of an input and an output lies.
constexpr std::size_t weight_index(std::size_t inputs, std::size_t input, std::size_t output)
{
    return (output / outputs_together * inputs + input) * outputs_together +
           output % outputs_together;
}

LOWCAL_DECLARE_KERNEL(void multiply_dense(DenseProduct const& product))
inline constexpr auto dense_kernels = LOWCAL_KERNEL_VERSIONS(multiply_dense);

}  // namespace lowcal::runtime
