#include "core/error.hpp"
#include "graph/shapes/convolution_geometry.hpp"
#include "runtime/lower/convolution_chain.hpp"
#include "runtime/steps/pixel_layers_step.hpp"
#include "runtime/steps/zero_point_image.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace lowcal::runtime {

struct Lowering::PreparedConvolution {
    ConvolutionConfig config;
    ConvolutionChain chain;
};

namespace {

/// Products of a level and a weight whose sum int32 holds for certain.
constexpr std::size_t most_integer_products =
    std::numeric_limits<std::int32_t>::max() / (255 * 128);

/// What oneDNN takes to choose how it computes a convolution grows with the cells along its longest
/// axis: 3.6 to 8 kB for each (version 2.6.3), kept as long as the plan.
constexpr std::int64_t choice_bytes_a_cell = 8192;

/// How far apart a convolution's windows are. Of a transposed one that has a single input they are
/// nowhere: a large number there sends oneDNN 3 through as many cells.
std::int64_t stride_of(graph::ConvolutionAxis const& axis, bool transposed)
{
    return transposed && axis.input == 1 ? 1 : axis.stride;
}

ConvolutionConfig config_of(graph::ConvolutionGeometry const& geometry, bool transposed)
{
    ConvolutionConfig config;
    config.source = {geometry.batch, geometry.input_channels};
    config.destination = {geometry.batch, geometry.output_channels};
    config.groups = geometry.groups;
    for (auto const& axis : geometry.axes) {
        config.source.push_back(axis.input);
        config.destination.push_back(axis.output);
        config.kernel.push_back(axis.kernel);
        config.strides.push_back(stride_of(axis, transposed));
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

bool moves_numbers(graph::Node const& node)
{
    static std::set<std::string, std::less<>> const movers{
        "Concat", "DepthToSpace", "Dropout", "Flatten", "Identity", "Reshape", "Transpose"};
    return movers.contains(node.op);
}

}  // namespace

/// What a convolution that is not int8 multiplies: bfloat16 where that is asked for, or its weights
/// are stored so, and the CPU has it.
Element Lowering::float_arithmetic(graph::Node const& node) const
{
    bool const wanted = config_.precision == Precision::bfloat16 ||
                        (bfloat16_constants_.contains(node.inputs[1]) &&
                         available_precision(Precision::bfloat16) == Precision::bfloat16);
    return wanted ? Element::bfloat16 : Element::float32;
}

bool Lowering::reads_in_bfloat16(graph::Node const& reader) const
{
    return (reader.op == "Conv" || reader.op == "ConvTranspose") &&
           float_arithmetic(reader) == Element::bfloat16;
}

/// True if all that reads a value, also through operators that only move numbers, multiplies them
/// in bfloat16: nothing is lost by rounding them to it before.
bool Lowering::is_read_in_bfloat16(std::string const& value) const
{
    std::vector<std::string> open{value};  // not by recursion: a chain may have any length
    std::set<std::string> seen{value};
    while (!open.empty()) {
        auto const name = std::move(open.back());
        open.pop_back();
        auto const readers = consumers_.find(name);
        if (kept_.contains(name) || readers == consumers_.end()) return false;
        for (auto const* const reader : readers->second) {
            if (reads_in_bfloat16(*reader)) continue;
            if (!moves_numbers(*reader)) return false;
            if (seen.insert(reader->outputs.front()).second)
                open.push_back(reader->outputs.front());
        }
    }
    return true;
}

/// True if the weights are int8 levels with zero point 0 and one scale, or one per output channel.
bool Lowering::has_int8_weights(graph::Node const& node, ConvolutionConfig const& config) const
{
    auto const found = int8_constants_.find(node.inputs[1]);
    if (found == int8_constants_.end() || config.groups != 1 ||
        volumes_get_wrong_numbers(config.kernel.size()))
        return false;
    auto const products = elements(config.kernel) * static_cast<std::size_t>(config.source[1]);
    if (products > most_integer_products) return false;
    auto const& dequantise = *found->second;
    if (dequantise.inputs.size() > 2 && !dequantise.inputs[2].empty())
        for (auto const zero : constant(dequantise.inputs[2])->integers)
            if (zero != 0) return false;
    auto const scales = constant(dequantise.inputs[1])->floats.size();
    if (scales == 1) return true;
    auto const rank = static_cast<std::int64_t>(config.source.size());
    auto const axis = (graph::int_attribute(dequantise, "axis", 1) + rank) % rank;
    return scales == config.channels() && axis == (node.op == "Conv" ? 0 : 1);
}

/// int8 levels where the source is uint8 and the weights are levels; else float32, with what was
/// folded into them.
void Lowering::set_weights(graph::Node const& node, ConvolutionConfig& config,
                           ConvolutionChain const& chain) const
{
    auto const order = [&](std::vector<float> const& weights) {
        return node.op == "Conv" ? weights : output_channels_first(weights, config);
    };
    auto const channels = config.channels();
    if (!chain.integers) {
        config.weights = order(constant_floats(node, 1));
    } else {
        auto const int8 = int8_constants_.find(node.inputs[1]);
        auto const& levels = constant(int8->second->inputs[0])->integers;
        std::vector<float> numbers;
        numbers.reserve(levels.size());
        for (auto const level : levels) numbers.push_back(static_cast<float>(level));
        config.weights = order(numbers);
        config.weight_scales = constant(int8->second->inputs[1])->floats;
        config.weight_scales.resize(channels, config.weight_scales.front());
    }
    auto const per_channel = config.weights.size() / channels;
    for (std::size_t o = 0; o < channels; ++o) {
        if (chain.integers) {
            config.weight_scales[o] *= chain.scale[o];
            continue;
        }
        for (std::size_t i = 0; i < per_channel; ++i)
            config.weights[o * per_channel + i] *= chain.scale[o];
    }
}

/// Integers cannot carry on what NaN and infinity would make of them.
void Lowering::require_numbers(graph::Node const& node, ConvolutionConfig const& config,
                               ConvolutionChain const& chain) const
{
    for (auto const* const numbers : {&config.weight_scales, &chain.bias, &chain.epilogue.scale,
                                      &chain.epilogue.shift.constant})
        for (float const number : *numbers)
            if (!std::isfinite(number))
                throw InputError("cannot run " + graph::describe(node),
                                 "of its int8 weights, scales, biases and what follows it one is " +
                                     std::to_string(number));
}

Lowering::PreparedConvolution Lowering::prepare(graph::Node const& node,
                                                PlanValue const& source) const
{
    if (!int8_constants_.contains(node.inputs[1]))
        constant_floats(node, 1);  // throws where the weights are not constant
    auto config =
        config_of(graph::convolution_geometry(node, source.shape, shapes_.at(node.inputs[1])),
                  node.op == "ConvTranspose");
    auto const channels = config.channels();
    ConvolutionChain chain{.scale = std::vector<float>(channels, 1.0F),
                           .bias = std::vector<float>(channels, 0.0F),
                           .epilogue = {},
                           .result = node.outputs.front()};
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
        chain.bias = constant_floats(node, 2);
        chain.has_bias = true;
    }
    chain.integers = source.element == Element::uint8 && has_int8_weights(node, config);
    fuse_followers(chain);

    set_weights(node, config, chain);
    if (chain.integers) require_numbers(node, config, chain);
    if (chain.has_bias) config.bias.constant = chain.bias;
    config.bias.per_shower = !chain.bias_operand.empty();
    config.epilogue = chain.epilogue;
    config.source_element = config.is_int8() ? Element::uint8 : float_arithmetic(node);
    config.source_levels = source.levels;
    bool const rounds_later = config.is_finished_by_us() && chain.has_affine();
    bool const as_bfloat16 = !rounds_later && is_read_in_bfloat16(chain.result);
    config.destination_element = chain.levels  ? Element::uint8
                                 : as_bfloat16 ? Element::bfloat16
                                               : Element::float32;
    if (chain.levels) config.destination_levels = *chain.levels;
    return {.config = std::move(config), .chain = std::move(chain)};
}

/// Counted before the first is made: a network refused has taken none of it.
void Lowering::count_convolutions()
{
    for (auto const& node : graph_.nodes) {
        if (node.op != "Conv" && node.op != "ConvTranspose") continue;
        auto const geometry = graph::convolution_geometry(node, shapes_.at(node.inputs[0]),
                                                          shapes_.at(node.inputs[1]));
        std::int64_t longest = 0;
        for (auto const& axis : geometry.axes)
            longest = std::max({longest, axis.input, axis.output});
        budget_.take(longest * choice_bytes_a_cell,
                     "what oneDNN takes to choose how it computes " + graph::describe(node));
    }
}

void Lowering::lower_convolution(graph::Node const& node)
{
    auto prepared = prepare(node, value(node.inputs[0]));
    auto const& nodes = prepared.chain.nodes;
    fused_.insert(nodes.begin(), nodes.end());
    if (!lower_pixel_layers(node, prepared)) add_convolution(node, prepared.config, prepared.chain);
}

/// With the convolution behind it, where a kernel runs both in one.
bool Lowering::lower_pixel_layers(graph::Node const& node, PreparedConvolution const& first)
{
    auto const* const next = sole_consumer(first.chain.result);
    if (next == nullptr || next->op != "Conv" || !can_start_pixel_layers(first.config))
        return false;
    PlanValue const between{.shape = first.config.destination,
                            .order = channels_last(first.config.destination.size()),
                            .element = Element::uint8,
                            .levels = *first.chain.levels};
    auto const second = prepare(*next, between);
    if (!can_end_pixel_layers(second.config)) return false;
    fused_.insert(next);
    fused_.insert(second.chain.nodes.begin(), second.chain.nodes.end());
    auto const order = channels_last(first.config.source.size());
    auto const source = in_order(value(node.inputs[0]), order, Element::uint8, node.name);
    auto const made = new_value(second.config.destination, order, Element::float32);
    read(source.buffer);
    auto step = std::make_unique<PixelLayersStep>(node.name, first.config, second.config);
    step->set_buffers({.source = source.buffer, .destination = made.buffer});
    add_step(std::move(step));
    define(second.chain.result, made);
    return true;
}

void Lowering::add_convolution(graph::Node const& node, ConvolutionConfig& config,
                               ConvolutionChain const& chain)
{
    auto const order = channels_last(config.source.size());
    auto const given = value(node.inputs[0]);
    if (config.source_element == Element::bfloat16) result_.bfloat16 = true;
    auto const source = in_order(given, order, config.source_element, node.name);
    StepBuffers buffers{.source = source.buffer};
    auto operand = [&](std::string const& name) {
        return name.empty() ? std::size_t{0} : row_major_floats(name, node).buffer;
    };
    buffers.bias_operand = operand(chain.bias_operand);
    buffers.shift_operand = operand(chain.shift_operand);
    // All copies are steps by now: what this step reads lives until this step.
    if (!chain.bias_operand.empty()) read(buffers.bias_operand);
    if (!chain.shift_operand.empty()) read(buffers.shift_operand);
    auto made = new_value(config.destination, order, config.destination_element);
    made.levels = config.destination_levels;
    read(source.buffer);
    buffers.destination = made.buffer;
    auto finish = [&](auto step) {
        buffers.scratch = add_buffer(BufferKind::arena, step->scratch_bytes());
        step->set_buffers(buffers);
        add_step(std::move(step));
    };
    try {
        bool const transposed = node.op == "ConvTranspose";
        config.zero_point_image = !transposed && gains_from_zero_point_image(config);
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
    define(chain.result, made);
}

}  // namespace lowcal::runtime
