#include "runtime/kernels/dense_kernel.hpp"

#include "core/kernels/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

constexpr std::size_t vectors = 2;  // of outputs that are made together
// Rows that are made together: as many as there are registers for.
constexpr std::size_t most_rows = lane_bytes == 64 ? 8 : 4;

void store_first(float* memory, Floats x, std::size_t count)
{
    if (count >= lanes) return store(memory, x);
    for (std::size_t i = 0; i < count; ++i) memory[i] = x[i];
}

Floats start_of(DenseProduct const& product, std::size_t row, std::size_t output)
{
    if (product.start == nullptr) return load(product.bias + output);
    auto const* const start = product.start + row * product.outputs + output;
    if (output + lanes <= product.outputs) return load(start);
    float numbers[lanes] = {};
    for (std::size_t i = 0; output + i < product.outputs; ++i) numbers[i] = start[i];
    return load(numbers);
}

/// Outputs from `first` on of `rows` rows.
template <std::size_t rows>
void make_block(DenseProduct const& product, std::size_t row, std::size_t first)
{
    Floats sums[rows][vectors];
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t v = 0; v < vectors; ++v)
            sums[r][v] = start_of(product, row + r, first + v * lanes);
    auto const* source = product.source + row * product.inputs;
    auto const* weights = product.weights + weight_index(product.inputs, 0, first);
    for (std::size_t k = 0; k < product.inputs; ++k, weights += outputs_together)
        for (std::size_t v = 0; v < vectors; ++v) {
            auto const weight = load(weights + v * lanes);
            for (std::size_t r = 0; r < rows; ++r)
                sums[r][v] = multiply_add(all(source[r * product.inputs + k]), weight, sums[r][v]);
        }
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t v = 0; v < vectors; ++v) {
            auto const output = first + v * lanes;
            if (output >= product.outputs) break;
            auto const x = sums[r][v];
            store_first(product.result + (row + r) * product.outputs + output,
                        x < 0.0F ? x * product.slope : x, product.outputs - output);
        }
}

}  // namespace

void multiply_dense(DenseProduct const& product)
{
    for (std::size_t first = 0; first < product.outputs; first += vectors * lanes) {
        std::size_t row = 0;
        for (; row + most_rows <= product.rows; row += most_rows)
            make_block<most_rows>(product, row, first);
        for (; row < product.rows; ++row) make_block<1>(product, row, first);
    }
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
