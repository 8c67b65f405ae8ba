#include "runtime/kernels/dense_kernel.hpp"

#include "core/kernels/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

// Rows that are made together, of two vectors of outputs: as many as there are registers for.
constexpr std::size_t most_rows = lane_bytes == 64 ? 8 : 4;

void store_first(float* memory, Floats x, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) memory[i] = x[i];
}

Floats load_first(float const* memory, std::size_t count)
{
    float numbers[lanes] = {};
    for (std::size_t i = 0; i < count; ++i) numbers[i] = memory[i];
    return load(numbers);
}

/// Of a vector of outputs from `output` on, how many there are.
std::size_t outputs_there(DenseProduct const& product, std::size_t output)
{
    auto const there = product.outputs > output ? product.outputs - output : 0;
    return there < lanes ? there : lanes;
}

/// `vectors` of outputs from `first` on of `rows` rows; all of these outputs are there, or not.
template <std::size_t rows, std::size_t vectors, bool whole>
void make_block(DenseProduct const& product, std::size_t row, std::size_t first)
{
    Floats sums[rows][vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
        auto const output = first + v * lanes;
        if (product.start == nullptr) {
            auto const bias = load(product.bias + output);
            for (std::size_t r = 0; r < rows; ++r) sums[r][v] = bias;
        } else {
            auto const* const start = product.start + row * product.outputs + output;
            for (std::size_t r = 0; r < rows; ++r)
                sums[r][v] =
                    whole ? load(start + r * product.outputs)
                          : load_first(start + r * product.outputs, outputs_there(product, output));
        }
    }
    auto const* source = product.source + row * product.inputs;
    auto const* weights = product.weights + weight_index(product.inputs, 0, first);
    for (std::size_t k = 0; k < product.inputs; ++k, weights += outputs_together)
        for (std::size_t v = 0; v < vectors; ++v) {
            auto const weight = load(weights + v * lanes);
            for (std::size_t r = 0; r < rows; ++r)
                sums[r][v] = multiply_add(all(source[r * product.inputs + k]), weight, sums[r][v]);
        }
    auto* const result = product.result + row * product.outputs + first;
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t v = 0; v < vectors; ++v) {
            auto const sum = sums[r][v];
            auto const x = sum < 0.0F ? sum * product.slope : sum;
            auto* const to = result + r * product.outputs + v * lanes;
            if constexpr (whole)
                store(to, x);
            else
                store_first(to, x, outputs_there(product, first + v * lanes));
        }
}

/// The same of all rows from `row` on, `rows` at a time, then fewer.
template <std::size_t rows, std::size_t vectors, bool whole>
void make_rows(DenseProduct const& product, std::size_t row, std::size_t first)
{
    for (; row + rows <= product.rows; row += rows)
        make_block<rows, vectors, whole>(product, row, first);
    if constexpr (rows > 1) make_rows<rows / 2, vectors, whole>(product, row, first);
}

/// All rows of `vectors` of outputs from `first` on.
template <std::size_t rows, std::size_t vectors>
void make_outputs(DenseProduct const& product, std::size_t first)
{
    if (first + vectors * lanes <= product.outputs)
        make_rows<rows, vectors, true>(product, 0, first);
    else
        make_rows<rows, vectors, false>(product, 0, first);
}

}  // namespace

void multiply_dense(DenseProduct const& product)
{
    std::size_t first = 0;
    for (; first + lanes < product.outputs; first += 2 * lanes)
        make_outputs<most_rows, 2>(product, first);
    if (first < product.outputs) make_outputs<2 * most_rows, 1>(product, first);
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
