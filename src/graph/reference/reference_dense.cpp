#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/broadcast.hpp"

namespace lowcal::graph {
namespace {

/// A matrix inside a tensor's values; transposing swaps the two strides.
struct Matrix {
    float const* values;
    std::size_t row_stride;
    std::size_t column_stride;

    double at(std::size_t row, std::size_t column) const
    {
        return values[row * row_stride + column * column_stride];
    }
};

double dot(Matrix const& a, std::size_t row, Matrix const& b, std::size_t column, std::size_t depth)
{
    double sum = 0;
    for (std::size_t k = 0; k < depth; ++k) sum += a.at(row, k) * b.at(k, column);
    return sum;
}

Matrix matrix(Tensor const& tensor, bool transposed)
{
    auto const columns = static_cast<std::size_t>(tensor.shape[1]);
    if (transposed) return {tensor.floats.data(), 1, columns};
    return {tensor.floats.data(), columns, 1};
}

/// alpha A B + beta C
void gemm(ReferenceCall const& call)
{
    bool const transposed_a = int_attribute(call.node, "transA", 0) != 0;
    auto const a = matrix(call.input(0), transposed_a);
    auto const b = matrix(call.input(1), int_attribute(call.node, "transB", 0) != 0);
    auto const depth = static_cast<std::size_t>(call.input(0).shape[transposed_a ? 0 : 1]);
    double const alpha = float_attribute(call.node, "alpha", 1.0F);
    double const beta = float_attribute(call.node, "beta", 1.0F);
    auto& out = call.output();
    auto const columns = static_cast<std::size_t>(out.shape[1]);
    std::vector<std::size_t> bias_positions;
    if (call.has(2)) bias_positions = broadcast_positions(call.input(2).shape, out.shape);
    for (std::size_t i = 0; i < out.floats.size(); ++i) {
        double value = alpha * dot(a, i / columns, b, i % columns, depth);
        if (call.has(2)) value += beta * double{call.input(2).floats[bias_positions[i]]};
        out.floats[i] = static_cast<float>(value);
    }
}

/// Numbers of the stacked matrices of `from` that go into those of `to`.
std::vector<std::size_t> stack_positions(Shape const& from, Shape const& to)
{
    return broadcast_positions(Shape(from.begin(), from.end() - 2), to);
}

void matmul(ReferenceCall const& call)
{
    auto a_shape = call.input(0).shape;
    auto b_shape = call.input(1).shape;
    if (a_shape.size() == 1) a_shape.insert(a_shape.begin(), 1);
    if (b_shape.size() == 1) b_shape.push_back(1);
    auto const rows = static_cast<std::size_t>(a_shape[a_shape.size() - 2]);
    auto const depth = static_cast<std::size_t>(a_shape.back());
    auto const columns = static_cast<std::size_t>(b_shape.back());
    auto const stack = broadcast(Shape(a_shape.begin(), a_shape.end() - 2),
                                 Shape(b_shape.begin(), b_shape.end() - 2));
    auto const a_positions = stack_positions(a_shape, stack.value());
    auto const b_positions = stack_positions(b_shape, stack.value());
    auto* out = call.output().floats.data();
    for (std::size_t s = 0; s < a_positions.size(); ++s) {
        Matrix const a{call.input(0).floats.data() + a_positions[s] * rows * depth, depth, 1};
        Matrix const b{call.input(1).floats.data() + b_positions[s] * depth * columns, columns, 1};
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t column = 0; column < columns; ++column)
                *out++ = static_cast<float>(dot(a, row, b, column, depth));
    }
}

}  // namespace

std::map<std::string, ReferenceOperator> dense_reference()
{
    return {{"Gemm", gemm}, {"MatMul", matmul}};
}

}  // namespace lowcal::graph
