// Products with constant matrices.

#include "graph/shapes/broadcast.hpp"
#include "runtime/kernels/dense_kernel.hpp"
#include "runtime/lower/lowering.hpp"
#include "runtime/rows/row_steps.hpp"
#include "runtime/steps/float_steps.hpp"

namespace lowcal::runtime {
namespace {

/// As the kernel wants them, of [in, out] or, transposed, [out, in], each times `factor`.
std::vector<float> packed_weights(graph::Tensor const& weights, bool transposed, float factor)
{
    auto const rows = static_cast<std::size_t>(weights.shape[0]);
    auto const columns = static_cast<std::size_t>(weights.shape[1]);
    auto const inputs = transposed ? columns : rows;
    auto const outputs = transposed ? rows : columns;
    std::vector<float> packed(inputs * padded_outputs(outputs), 0.0F);
    for (std::size_t k = 0; k < inputs; ++k)
        for (std::size_t o = 0; o < outputs; ++o)
            packed[weight_index(inputs, k, o)] =
                factor * weights.floats[transposed ? o * columns + k : k * columns + o];
    return packed;
}

}  // namespace

/// The slope of a LeakyReLU that alone reads `result`, which becomes what that makes; else 1.
float Lowering::fuse_leaky_relu(std::string& result)
{
    auto const* const next = sole_consumer(result);
    if (next == nullptr || next->op != "LeakyRelu") return 1.0F;
    fused_.insert(next);
    result = next->outputs.front();
    return graph::float_attribute(*next, "alpha", 0.01F);
}

bool Lowering::lower_dense(graph::Node const& node)
{
    bool const gemm = node.op == "Gemm";
    if (!gemm && node.op != "MatMul") return false;
    auto const* const weights = constant(node.inputs[1]);
    auto const rank = shapes_.at(node.inputs[0]).size();
    bool const plain =
        weights != nullptr && !weights->floats.empty() && weights->shape.size() == 2 && rank >= 2 &&
        constant(node.inputs[0]) == nullptr && graph::int_attribute(node, "transA", 0) == 0;
    if (!plain) return false;
    bool const transposed = gemm && graph::int_attribute(node, "transB", 0) != 0;
    auto const inputs = static_cast<std::size_t>(weights->shape[transposed ? 1 : 0]);
    auto const outputs = static_cast<std::size_t>(weights->shape[transposed ? 0 : 1]);
    graph::MemoryBudget("a dense layer")
        .take(static_cast<std::int64_t>(inputs * padded_outputs(outputs) * sizeof(float)),
              "the packed weights of " + graph::describe(node));
    DenseStep::Config config{.inputs = inputs,
                             .outputs = outputs,
                             .weights = packed_weights(*weights, transposed,
                                                       graph::float_attribute(node, "alpha", 1.0F)),
                             .bias = std::vector<float>(padded_outputs(outputs), 0.0F)};
    if (gemm && node.inputs.size() > 2 && !node.inputs[2].empty()) {
        if (constant(node.inputs[2]) == nullptr) return false;
        auto const& bias = constant_floats(node, 2);
        auto const& shape = constant(node.inputs[2])->shape;
        bool const per_output =
            !shape.empty() && shape.back() == static_cast<std::int64_t>(bias.size());
        if (bias.size() != 1 && !per_output) return false;
        auto const beta = graph::float_attribute(node, "beta", 1.0F);
        for (std::size_t o = 0; o < outputs; ++o)
            config.bias[o] = beta * bias[bias.size() == 1 ? 0 : o];
    }
    auto result = node.outputs.front();
    config.slope = fuse_leaky_relu(result);
    auto const source = row_major_floats(node.inputs[0], node);
    auto const made = new_value(shapes_.at(result), row_major(rank), Element::float32);
    read(source.buffer);
    config.rows = elements(source.shape) / inputs;
    config.source = source.buffer;
    config.destination = made.buffer;
    add_step(std::make_unique<DenseStep>(node.name, std::move(config)));
    define(result, made);
    return true;
}

/// MatMul of two values, or with a stack of constant matrices.
bool Lowering::lower_product(graph::Node const& node)
{
    if (node.op != "MatMul") return false;
    auto const& a = shapes_.at(node.inputs[0]);
    auto const& b = shapes_.at(node.inputs[1]);
    if (a.size() < 2 || b.size() < 2) return false;
    auto const first = row_major_floats(node.inputs[0], node);
    auto const second = row_major_floats(node.inputs[1], node);
    auto const& shape = shapes_.at(node.outputs.front());
    graph::Shape const stack(shape.begin(), shape.end() - 2);
    auto const places = [&stack](graph::Shape const& own) {
        return graph::broadcast_positions(graph::Shape(own.begin(), own.end() - 2), stack);
    };
    ProductStep::Config config{.rows = static_cast<std::size_t>(a[a.size() - 2]),
                               .depth = static_cast<std::size_t>(a.back()),
                               .columns = static_cast<std::size_t>(b.back()),
                               .first_matrices = places(a),
                               .second_matrices = places(b),
                               .first = first.buffer,
                               .second = second.buffer,
                               .result = 0};
    auto const made = new_value(shape, row_major(shape.size()), Element::float32);
    config.result = made.buffer;
    read(first.buffer);
    read(second.buffer);
    add_step(std::make_unique<ProductStep>(node.name, std::move(config)));
    define(node.outputs.front(), made);
    return true;
}

}  // namespace lowcal::runtime
