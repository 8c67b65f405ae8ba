#pragma once

#include "core/instruction_set.hpp"

#include <cstddef>

namespace lowcal::runtime {

/// result[n][o] = f(bias[o] + sum over k of source[n][k] weights[k][o]), added in the order of k,
/// f = LeakyReLU. Same bits for any number of rows.
struct DenseProduct {
    std::size_t rows = 0;
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    float const* source = nullptr;
    float const* weights = nullptr;  ///< rows of padded_outputs(outputs)
    float const* bias = nullptr;     ///< padded_outputs(outputs)
    float slope = 1.0F;              ///< of LeakyReLU; 1: none
    float* result = nullptr;
};

/// Weights and biases are padded to whole vectors.
constexpr std::size_t padded_outputs(std::size_t outputs)
{
    constexpr std::size_t two_largest_vectors = 32;
    return (outputs + two_largest_vectors - 1) / two_largest_vectors * two_largest_vectors;
}

LOWCAL_DECLARE_KERNEL(void multiply_dense(DenseProduct const& product))
inline constexpr auto dense_kernels = LOWCAL_KERNEL_VERSIONS(multiply_dense);

}  // namespace lowcal::runtime
