// Levels are whole numbers: they agree or do not. Where steps are powers of two, quotients are
// exact and halves occur, which both send to the even level.

#include "training/operators/operator_case.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

using graph::ElementType;
using graph::fixed;

torch::ScalarType quantised(ElementType type)
{
    return type == ElementType::int8 ? torch::kQInt8 : torch::kQUInt8;
}

graph::Argument zeros(Integers values, ElementType type)
{
    graph::Shape shape;
    if (values.size() > 1) shape = {static_cast<std::int64_t>(values.size())};
    return fixed(graph::integers(shape, std::move(values), type));
}

/// Halves of a step of 1/4 from far below the lowest level to far above the highest.
graph::Tensor halves()
{
    std::vector<float> values;
    for (int i = -601; i <= 601; i += 2) values.push_back(0.125F * static_cast<float>(i));
    return graph::floats({static_cast<std::int64_t>(values.size())}, values);
}

OperatorCase quantise(std::string name, graph::Tensor values, float step, graph::Argument zero)
{
    auto const type = zero.tensor.type;
    return {.name = std::move(name),
            .node = {"QuantizeLinear", {std::move(values), number(step), zero}, {}, type},
            .libtorch =
                [=, at = zero.tensor.integers.front()](Inputs const& in) {
                    auto const x = in[0].to(torch::kFloat32);
                    return torch::quantize_per_tensor(x, step, at, quantised(type)).int_repr();
                },
            .spoil = nudge(2)};
}

std::vector<OperatorCase> quantisations()
{
    auto const noise = [] { return random({2, 3, 40}, {.low = -60, .high = 60}); };
    return {quantise("quantize_int8_halves", halves(), 0.25F, zeros({3}, ElementType::int8)),
            quantise("quantize_uint8_halves", halves(), 0.25F, zeros({101}, ElementType::uint8)),
            quantise("quantize_int8", noise(), 0.37F, zeros({-5}, ElementType::int8)),
            quantise("quantize_uint8", noise(), 0.37F, zeros({130}, ElementType::uint8))};
}

/// One step and zero point for each of three channels on this axis.
struct Channels {
    ElementType type = ElementType::int8;
    std::int64_t axis = 1;
    Integers zero_points{};
};

std::vector<graph::Argument> per_channel(graph::Tensor first, Channels const& channels)
{
    return {std::move(first), fixed(graph::floats({3}, {0.25F, 0.5F, 0.125F})),
            zeros(channels.zero_points, channels.type)};
}

OperatorCase quantise_channels(std::string name, graph::Shape shape, Channels const& channels)
{
    return {.name = std::move(name),
            .node = {"QuantizeLinear",
                     per_channel(random(std::move(shape), {.low = -40, .high = 40}), channels),
                     {{"axis", channels.axis}},
                     channels.type},
            .libtorch =
                [=](Inputs const& in) {
                    return torch::quantize_per_channel(in[0].to(torch::kFloat32), in[1], in[2],
                                                       channels.axis, quantised(channels.type))
                        .int_repr();
                },
            .spoil = nudge(2)};
}

graph::Tensor levels(graph::Shape shape, ElementType type)
{
    auto const count = graph::element_count(shape);
    auto const lowest = type == ElementType::int8 ? -128 : 0;
    Integers values;
    for (std::int64_t i = 0; i < count; ++i) values.push_back(lowest + i * 37 % 256);
    return graph::integers(std::move(shape), std::move(values), type);
}

torch::Tensor bytes(torch::Tensor const& whole, ElementType type)
{
    return whole.to(type == ElementType::int8 ? torch::kInt8 : torch::kUInt8);
}

OperatorCase dequantise(std::string name, std::int64_t zero, ElementType type)
{
    float const step = 0.37F;
    return {
        .name = std::move(name),
        .node = {"DequantizeLinear", {levels({2, 128}, type), number(step), zeros({zero}, type)}},
        .libtorch =
            [=](Inputs const& in) {
                return torch::_make_per_tensor_quantized_tensor(bytes(in[0], type), double{step},
                                                                zero)
                    .dequantize();
            },
        .spoil = set_argument(1, number(0.370001F))};
}

OperatorCase dequantise_channels(std::string name, graph::Shape shape, Channels const& channels)
{
    return {.name = std::move(name),
            .node = {"DequantizeLinear",
                     per_channel(levels(std::move(shape), channels.type), channels),
                     {{"axis", channels.axis}}},
            .libtorch =
                [=](Inputs const& in) {
                    return torch::_make_per_channel_quantized_tensor(bytes(in[0], channels.type),
                                                                     in[1], in[2], channels.axis)
                        .dequantize();
                },
            .spoil = nudge(2)};
}

}  // namespace

std::vector<OperatorCase> quantisation_cases()
{
    Channels const signed_rows{ElementType::int8, 0, {0, 2, -3}};
    Channels const signed_columns{ElementType::int8, 1, {7, 0, -1}};
    Channels const unsigned_columns{ElementType::uint8, 1, {128, 3, 200}};
    auto cases = quantisations();
    for (auto const& one :
         {quantise_channels("quantize_int8_channels", {2, 3, 30}, signed_columns),
          quantise_channels("quantize_int8_first_axis", {3, 60}, signed_rows),
          quantise_channels("quantize_uint8_channels", {2, 3, 30}, unsigned_columns),
          dequantise("dequantize_int8", -5, ElementType::int8),
          dequantise("dequantize_uint8", 130, ElementType::uint8),
          dequantise_channels("dequantize_int8_first_axis", {3, 60}, signed_rows),
          dequantise_channels("dequantize_uint8_channels", {2, 3, 30}, unsigned_columns)})
        cases.push_back(one);
    return cases;
}

}  // namespace lowcal::training
