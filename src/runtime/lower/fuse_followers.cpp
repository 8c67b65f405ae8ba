// What a convolution takes over of the nodes behind it: normalisation, additions, activation,
// levels.

#include "runtime/lower/convolution_chain.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

/// [1 or N, C, 1, ...]: one number per channel.
bool is_per_channel(graph::Shape const& shape, graph::Shape const& result)
{
    if (shape.size() != result.size() || shape[1] != result[1]) return false;
    return std::all_of(shape.begin() + 2, shape.end(), [](auto size) { return size == 1; });
}

void add_to(std::vector<float>& sum, std::vector<float> const& numbers)
{
    sum.resize(numbers.size(), 0.0F);
    for (std::size_t c = 0; c < numbers.size(); ++c) sum[c] += numbers[c];
}

}  // namespace

graph::Node const* Lowering::sole_consumer(std::string const& name) const
{
    auto const found = consumers_.find(name);
    if (found == consumers_.end() || found->second.size() != 1 || kept_.contains(name))
        return nullptr;
    return found->second.front();
}

bool Lowering::fuse_normalisation(graph::Node const& node, ConvolutionChain& chain) const
{
    if (chain.has_affine() || !chain.folds_weights()) return false;
    auto const& gamma = constant_floats(node, 1);
    auto const& beta = constant_floats(node, 2);
    auto const& mean = constant_floats(node, 3);
    auto const& variance = constant_floats(node, 4);
    double const epsilon = graph::float_attribute(node, "epsilon", 1e-5F);
    bool negative = false;
    std::vector<float> sign(gamma.size(), 1.0F), shift(gamma.size());
    for (std::size_t c = 0; c < gamma.size(); ++c) {
        double const scale = gamma[c] / std::sqrt(variance[c] + epsilon);
        double const offset = beta[c] - mean[c] * scale;
        if (!chain.epilogue.leaky_slope) {  // directly behind the convolution: into its weights
            chain.scale[c] = static_cast<float>(chain.scale[c] * scale);
            chain.bias[c] = static_cast<float>(chain.bias[c] * scale + offset);
            continue;
        }
        // LeakyReLU(s x) = s LeakyReLU(x) for s > 0: |scale| moves before it, its sign stays.
        chain.scale[c] = static_cast<float>(chain.scale[c] * std::abs(scale));
        chain.bias[c] = static_cast<float>(chain.bias[c] * std::abs(scale));
        shift[c] = static_cast<float>(offset);
        if (scale < 0) {
            sign[c] = -1.0F;
            negative = true;
        }
    }
    if (!chain.epilogue.leaky_slope) {
        chain.has_bias = true;
        return true;
    }
    if (negative) chain.epilogue.scale = sign;
    chain.epilogue.shift.constant = shift;
    return true;
}

/// An addition of one number per channel: the bias, or behind the activation the shift.
bool Lowering::fuse_addition(graph::Node const& node, ConvolutionChain& chain) const
{
    if (chain.levels) return false;
    auto const& other = node.inputs[node.inputs[0] == chain.result ? 1 : 0];
    if (other == chain.result || !is_per_channel(shapes_.at(other), shapes_.at(chain.result)))
        return false;
    bool const behind = chain.epilogue.leaky_slope.has_value() || chain.has_affine();
    if (auto const* const tensor = constant(other)) {
        if (tensor->shape[0] != 1 || tensor->floats.empty()) return false;
        add_to(behind ? chain.epilogue.shift.constant : chain.bias, tensor->floats);
        if (!behind) chain.has_bias = true;
        return true;
    }
    auto& operand = behind ? chain.shift_operand : chain.bias_operand;
    auto const batch = shapes_.at(chain.result)[0];
    if (!operand.empty() || shapes_.at(other)[0] != batch || !values_.contains(other)) return false;
    operand = other;
    if (behind) chain.epilogue.shift.per_shower = true;
    return true;
}

/// A product with one constant per channel behind the activation.
bool Lowering::fuse_sign(graph::Node const& node, ConvolutionChain& chain) const
{
    if (chain.has_affine() || chain.levels || !chain.epilogue.leaky_slope) return false;
    auto const& other = node.inputs[node.inputs[0] == chain.result ? 1 : 0];
    auto const* const tensor = constant(other);
    if (tensor == nullptr || tensor->floats.empty() ||
        !is_per_channel(tensor->shape, shapes_.at(chain.result)) || tensor->shape[0] != 1)
        return false;
    chain.epilogue.scale = tensor->floats;
    return true;
}

/// QuantizeLinear, and the DequantizeLinear behind it, which is the same tensor here.
bool Lowering::fuse_quantisation(graph::Node const& node, ConvolutionChain& chain) const
{
    if (node.op == "DequantizeLinear") return chain.levels && *chain.levels == levels_of(node);
    if (chain.levels || !chain.integers) return false;  // oneDNN rounds integer convolutions alone
    chain.levels = levels_of(node);
    return true;
}

void Lowering::fuse_followers(ConvolutionChain& chain) const
{
    while (auto const* const next = sole_consumer(chain.result)) {
        if (next->op == "LeakyRelu" || next->op == "Relu") {
            if (chain.epilogue.leaky_slope || chain.has_affine() || chain.levels) return;
            float const slope =
                next->op == "Relu" ? 0.0F : graph::float_attribute(*next, "alpha", 0.01F);
            if (slope < 0.0F) return;
            chain.epilogue.leaky_slope = slope;
        } else if (next->op == "BatchNormalization") {
            if (!fuse_normalisation(*next, chain)) return;
        } else if (next->op == "Add") {
            if (!fuse_addition(*next, chain)) return;
        } else if (next->op == "Mul") {
            if (!fuse_sign(*next, chain)) return;
        } else if (next->op == "QuantizeLinear" || next->op == "DequantizeLinear") {
            if (!fuse_quantisation(*next, chain)) return;
        } else if (next->op != "Identity" && next->op != "Dropout") {
            return;
        }
        chain.nodes.push_back(next);
        chain.result = next->outputs.front();
    }
}

}  // namespace lowcal::runtime
