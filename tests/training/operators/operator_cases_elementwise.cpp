#include "training/operators/operator_case.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

using graph::ElementType;
using Function = torch::Tensor (*)(torch::Tensor const&);

constexpr Limits positive{.low = 0.25F, .high = 2.0F};

/// An operator of one input, whose every output depends on its own input alone.
OperatorCase unary(std::string name, std::string op, Function function, Limits limits = {})
{
    return {.name = std::move(name),
            .node = {std::move(op), {random({2, 3, 4}, limits)}},
            .libtorch = [function](Inputs const& in) { return function(in[0]); },
            .spoil = nudge(0)};
}

std::vector<OperatorCase> functions()
{
    constexpr Limits wide{.low = -10.0F, .high = 30.0F};
    return {unary("abs", "Abs", torch::abs), unary("exp", "Exp", torch::exp),
            unary("log", "Log", torch::log, positive), unary("neg", "Neg", torch::neg),
            unary("sigmoid", "Sigmoid", torch::sigmoid),
            unary("sqrt", "Sqrt", torch::sqrt, positive), unary("tanh", "Tanh", torch::tanh),
            unary("identity", "Identity", [](torch::Tensor const& x) { return x.clone(); }),
            unary("relu", "Relu", torch::relu, {.low = -0.5F, .high = 1.0F}),
            // LibTorch takes x for log(1 + exp(x)) above 20, where they differ by 2e-9.
            unary("softplus", "Softplus",
                  [](torch::Tensor const& x) { return torch::softplus(x, 1, 1000); }),
            unary(
                "softplus_far_out", "Softplus",
                [](torch::Tensor const& x) { return torch::softplus(x, 1, 1000); }, wide)};
}

/// Within `positive`, so that each of two such inputs is the larger in places.
constexpr Limits middle{.low = 0.5F, .high = 1.25F};

/// Two inputs of which each is repeated along an axis of the other.
template <typename LibTorch>
OperatorCase binary(std::string name, std::string op, LibTorch libtorch)
{
    return {.name = std::move(name),
            .node = {std::move(op), {random({2, 3, 1, 4}, positive), random({3, 5, 1}, middle)}},
            .libtorch = [libtorch](Inputs const& in) { return libtorch(in[0], in[1]); },
            .spoil = nudge(1)};
}

std::vector<OperatorCase> arithmetic()
{
    using torch::Tensor;
    return {
        binary("add", "Add", [](Tensor const& a, Tensor const& b) { return torch::add(a, b); }),
        binary("sub", "Sub", [](Tensor const& a, Tensor const& b) { return torch::sub(a, b); }),
        binary("mul", "Mul", [](Tensor const& a, Tensor const& b) { return torch::mul(a, b); }),
        binary("div", "Div", [](Tensor const& a, Tensor const& b) { return torch::div(a, b); }),
        binary("pow", "Pow", [](Tensor const& a, Tensor const& b) { return torch::pow(a, b); }),
        binary("max", "Max", [](Tensor const& a, Tensor const& b) { return torch::maximum(a, b); }),
        binary("min", "Min",
               [](Tensor const& a, Tensor const& b) { return torch::minimum(a, b); })};
}

std::vector<OperatorCase> with_parameters()
{
    return {{.name = "leaky_relu",
             .node = {"LeakyRelu", {random({40})}, {{"alpha", 0.3F}}},
             .libtorch = [](Inputs const& in) { return torch::leaky_relu(in[0], double{0.3F}); },
             .spoil = set("alpha", 0.30001F)},
            {.name = "leaky_relu_of_the_usual_slope",
             .node = {"LeakyRelu", {random({40})}},
             .libtorch = [](Inputs const& in) { return torch::leaky_relu(in[0], double{0.01F}); },
             .spoil = set("alpha", 0.010001F)},
            {.name = "clip",
             .node = {"Clip", {random({40}), number(-0.5F), number(0.25F)}},
             .libtorch = [](Inputs const& in) { return torch::clamp(in[0], -0.5, 0.25); },
             .spoil = nudge(2)},
            {.name = "dropout",
             .node = {"Dropout", {random({40}), number(0.5F)}},
             .libtorch = [](Inputs const& in) { return torch::dropout(in[0], 0.5, false); },
             .spoil = nudge(0)}};
}

// ONNX's numbers of the element types (TensorProto.DataType).
constexpr std::int64_t onnx_float16 = 10, onnx_bfloat16 = 16, onnx_int32 = 6, onnx_boolean = 9,
                       onnx_float32 = 1, onnx_int8 = 3;

OperatorCase cast(std::string name, std::int64_t to, ElementType type, torch::ScalarType scalar)
{
    // LibTorch starts from float32, as the network does.
    return {.name = std::move(name),
            .node = {"Cast", {random({40}, {.low = -9, .high = 9})}, {{"to", to}}, type},
            .libtorch = [scalar](Inputs const& in) { return in[0].to(torch::kFloat32).to(scalar); },
            .spoil = [](graph::OneNode& node) { node.arguments[0].tensor.floats[0] += 1.5F; }};
}

std::vector<OperatorCase> casts()
{
    auto truth = cast("cast_to_boolean", onnx_boolean, ElementType::boolean, torch::kBool);
    truth.node.arguments[0].tensor.floats[1] = 0.0F;
    truth.spoil = [](graph::OneNode& node) { node.arguments[0].tensor.floats[1] = 1e-30F; };
    return {cast("cast_to_float16", onnx_float16, ElementType::float16, torch::kFloat16),
            cast("cast_to_bfloat16", onnx_bfloat16, ElementType::bfloat16, torch::kBFloat16),
            cast("cast_to_int32", onnx_int32, ElementType::int32, torch::kInt32),
            cast("cast_to_int8", onnx_int8, ElementType::int8, torch::kInt8),
            truth,
            {.name = "cast_of_whole_numbers",
             .node = {"Cast",
                      {graph::integers({4}, {-7, 0, 3, (1 << 24) + 1})},
                      {{"to", onnx_float32}}},
             .libtorch = [](Inputs const& in) { return in[0].to(torch::kFloat32); },
             .spoil = nudge(0)}};
}

}  // namespace

std::vector<OperatorCase> elementwise_cases()
{
    auto cases = functions();
    for (auto const& more : {arithmetic(), with_parameters(), casts()})
        cases.insert(cases.end(), more.begin(), more.end());
    return cases;
}

}  // namespace lowcal::training
