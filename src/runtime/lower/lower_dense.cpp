// Products with constant matrices.

#include "runtime/kernels/dense_kernel.hpp"
#include "runtime/lower/lowering.hpp"
#include "runtime/steps/float_steps.hpp"

namespace lowcal::runtime {
namespace {

/// As the kernel wants them, of [in, out] or, transposed, [out, in].
std::vector<float> packed_weights(graph::Tensor const& weights, bool transposed)
{
    auto const rows = static_cast<std::size_t>(weights.shape[0]);
    auto const columns = static_cast<std::size_t>(weights.shape[1]);
    auto const inputs = transposed ? columns : rows;
    auto const outputs = transposed ? rows : columns;
    std::vector<float> packed(inputs * padded_outputs(outputs), 0.0F);
    for (std::size_t k = 0; k < inputs; ++k)
        for (std::size_t o = 0; o < outputs; ++o)
            packed[weight_index(inputs, k, o)] =
                weights.floats[transposed ? o * columns + k : k * columns + o];
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
    bool const plain = weights != nullptr && weights->shape.size() == 2 &&
                       shapes_.at(node.inputs[0]).size() == 2 &&
                       graph::float_attribute(node, "alpha", 1.0F) == 1.0F &&
                       graph::float_attribute(node, "beta", 1.0F) == 1.0F &&
                       graph::int_attribute(node, "transA", 0) == 0;
    if (!plain) return false;
    bool const transposed = gemm && graph::int_attribute(node, "transB", 0) != 0;
    auto const inputs = static_cast<std::size_t>(weights->shape[transposed ? 1 : 0]);
    auto const outputs = static_cast<std::size_t>(weights->shape[transposed ? 0 : 1]);
    graph::MemoryBudget("a dense layer")
        .take(static_cast<std::int64_t>(inputs * padded_outputs(outputs) * sizeof(float)),
              "the packed weights of " + graph::describe(node));
    DenseStep::Config config{.inputs = inputs,
                             .outputs = outputs,
                             .weights = packed_weights(*weights, transposed),
                             .bias = std::vector<float>(padded_outputs(outputs), 0.0F)};
    if (gemm && node.inputs.size() > 2 && !node.inputs[2].empty()) {
        auto const& bias = constant_floats(node, 2);
        auto const& shape = constant(node.inputs[2])->shape;
        bool const per_output =
            !shape.empty() && shape.back() == static_cast<std::int64_t>(bias.size());
        if (bias.size() != 1 && !per_output) return false;
        for (std::size_t o = 0; o < outputs; ++o) config.bias[o] = bias[bias.size() == 1 ? 0 : o];
    }
    auto result = node.outputs.front();
    config.slope = fuse_leaky_relu(result);
    auto const source = row_major_floats(node.inputs[0], node);
    auto const made = new_value(shapes_.at(result), row_major(2), Element::float32);
    read(source.buffer);
    config.rows = static_cast<std::size_t>(source.shape[0]);
    config.source = source.buffer;
    config.destination = made.buffer;
    add_step(std::make_unique<DenseStep>(node.name, std::move(config)));
    define(result, made);
    return true;
}

}  // namespace lowcal::runtime
