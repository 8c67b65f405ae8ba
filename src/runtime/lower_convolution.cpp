#include "core/error.hpp"
#include "graph/convolution_geometry.hpp"
#include "runtime/lowering.hpp"

#include <cmath>

namespace lowcal::runtime {

/// A convolution and the nodes behind it that it takes over.
struct Lowering::ConvolutionChain {
    std::vector<float> scale;  ///< per output channel, into the weights and bias
    std::vector<float> bias;   ///< per output channel
    bool has_bias = false;
    Epilogue epilogue;
    std::string result;  ///< value that the whole chain makes
    std::vector<graph::Node const*> nodes{};

    bool has_affine() const { return !epilogue.scale.empty() || !epilogue.shift.empty(); }
};

namespace {

ConvolutionConfig config_of(graph::ConvolutionGeometry const& geometry)
{
    ConvolutionConfig config;
    config.source = {geometry.batch, geometry.input_channels};
    config.destination = {geometry.batch, geometry.output_channels};
    config.groups = geometry.groups;
    for (auto const& axis : geometry.axes) {
        config.source.push_back(axis.input);
        config.destination.push_back(axis.output);
        config.kernel.push_back(axis.kernel);
        config.strides.push_back(axis.stride);
        config.dilations.push_back(axis.dilation - 1);
        config.padding_before.push_back(axis.pad_begin);
        config.padding_after.push_back(axis.pad_end);
    }
    return config;
}

/// ConvTranspose's [in, out / groups, kernel...] as [out, in / groups, kernel...].
std::vector<float> output_channels_first(std::vector<float> const& weights,
                                         ConvolutionConfig const& config)
{
    auto const groups = static_cast<std::size_t>(config.groups);
    auto const in = static_cast<std::size_t>(config.source[1]) / groups;
    auto const out = static_cast<std::size_t>(config.destination[1]) / groups;
    auto const taps = weights.size() / (groups * in * out);
    std::vector<float> result(weights.size());
    for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t i = 0; i < in; ++i)
            for (std::size_t o = 0; o < out; ++o)
                std::copy_n(
                    weights.begin() + static_cast<std::ptrdiff_t>(((g * in + i) * out + o) * taps),
                    taps,
                    result.begin() + static_cast<std::ptrdiff_t>(((g * out + o) * in + i) * taps));
    return result;
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
    if (chain.has_affine()) return false;
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
    chain.epilogue.shift = shift;
    return true;
}

void Lowering::fuse_followers(ConvolutionChain& chain) const
{
    while (auto const* const next = sole_consumer(chain.result)) {
        if (next->op == "LeakyRelu" || next->op == "Relu") {
            if (chain.epilogue.leaky_slope || chain.has_affine()) return;
            float const slope =
                next->op == "Relu" ? 0.0F : graph::float_attribute(*next, "alpha", 0.01F);
            if (slope < 0.0F) return;
            chain.epilogue.leaky_slope = slope;
        } else if (next->op == "BatchNormalization") {
            if (!fuse_normalisation(*next, chain)) return;
        } else if (next->op != "Identity" && next->op != "Dropout") {
            return;
        }
        chain.nodes.push_back(next);
        chain.result = next->outputs.front();
    }
}

Element Lowering::convolution_result_element(std::string const& name) const
{
    bool const last = kept_.contains(name);
    return config_.precision == Precision::float32 || last ? Element::float32 : Element::bfloat16;
}

void Lowering::lower_convolution(graph::Node const& node)
{
    auto const source = value(node.inputs[0]);
    auto const& weights = constant_floats(node, 1);
    auto config =
        config_of(graph::convolution_geometry(node, source.shape, constant(node.inputs[1])->shape));
    auto const channels = static_cast<std::size_t>(config.destination[1]);
    ConvolutionChain chain{.scale = std::vector<float>(channels, 1.0F),
                           .bias = std::vector<float>(channels, 0.0F),
                           .epilogue = {},
                           .result = node.outputs.front()};
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
        chain.bias = constant_floats(node, 2);
        chain.has_bias = true;
    }
    fuse_followers(chain);
    fused_.insert(chain.nodes.begin(), chain.nodes.end());

    config.weights = node.op == "Conv" ? weights : output_channels_first(weights, config);
    auto const per_channel = config.weights.size() / channels;
    for (std::size_t i = 0; i < config.weights.size(); ++i)
        config.weights[i] *= chain.scale[i / per_channel];
    if (chain.has_bias) config.bias = chain.bias;
    config.epilogue = chain.epilogue;
    add_convolution(node, config, chain.result);
}

void Lowering::add_convolution(graph::Node const& node, ConvolutionConfig& config,
                               std::string const& result)
{
    auto const order = channels_last(config.source.size());
    config.source_element =
        config_.precision == Precision::float32 ? Element::float32 : Element::bfloat16;
    config.destination_element = convolution_result_element(result);
    auto const source = in_order(value(node.inputs[0]), order, config.source_element, node.name);
    auto const made = new_value(config.destination, order, config.destination_element);
    read(source.buffer);
    StepBuffers buffers{.source = source.buffer, .destination = made.buffer};
    auto finish = [&](auto step) {
        buffers.scratch = add_buffer(BufferKind::arena, step->scratch_bytes());
        step->set_buffers(buffers);
        add_step(std::move(step));
    };
    try {
        bool const transposed = node.op == "ConvTranspose";
        if (transposed && config_.transposed == TransposedMethod::phases &&
            can_run_in_phases(config))
            finish(std::make_unique<PhasedTransposedStep>(node.name, config));
        else
            finish(std::make_unique<ConvolutionStep>(
                node.name, config,
                transposed ? ConvolutionKind::transposed : ConvolutionKind::forward));
    } catch (InputError const& error) {
        throw InputError(graph::describe(node) + ": " + error.what());
    }
    define(result, made);
}

}  // namespace lowcal::runtime
