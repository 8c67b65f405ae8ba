#include "training/exporting/head_builder.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {

Description::Description(ShowerGeometry const& geometry)
{
    auto const unit = geometry.energy_unit;
    std::vector<double> scales{0.5, 0.1 / std::sqrt(unit), std::sqrt(10.0 * unit)};
    std::vector<double> shifts{-0.5 * std::log(60.0 * unit), -1.0, -0.3};
    for (auto const& condition : geometry.conditions) {
        scales.push_back(1.0 / condition.spread);
        shifts.push_back(-condition.mean / condition.spread);
    }
    scale = torch::tensor(scales, torch::kFloat64);
    shift = torch::tensor(shifts, torch::kFloat64);
}

HeadBuilder::HeadBuilder(graph::Graph& graph, EnergyHead const& head)
    : LayerBuilder(graph), geometry_(head->geometry()), head_(head), primary_(geometry_)
{
}

HeadBuilder::DenseNumbers HeadBuilder::unscaled(Dense const& dense, torch::Tensor const& scale,
                                                torch::Tensor const& shift)
{
    auto const weight = dense->weight.to(torch::kFloat64);
    return {.weight = weight * scale, .bias = dense->bias.to(torch::kFloat64) + weight.mv(shift)};
}

std::string HeadBuilder::number(std::string const& name, double value)
{
    return floats(name, {1}, {static_cast<float>(value)});
}

std::string HeadBuilder::scalar(std::string const& name, float value)
{
    return floats(name, {}, {value});
}

std::string HeadBuilder::clip(std::string const& name, std::string const& input,
                              std::string const& low, std::string const& high)
{
    return node({.name = name, .op = "Clip", .inputs = {input, low, high}});
}

std::string HeadBuilder::gemm_of(std::string const& name, std::string const& input,
                                 DenseNumbers const& numbers)
{
    return gemm(name, input, numbers.weight, numbers.bias);
}

void HeadBuilder::describe_primary()
{
    auto const logarithm = unary("Log", "energy.log", "energy");
    auto const root = unary("Sqrt", "energy.root", "energy");
    auto const inverse = binary("Div", "energy.inverse_root", number("one", 1.0), root);
    std::vector<std::string> parts{logarithm, root, inverse};
    for (auto const& condition : geometry_.conditions) parts.push_back(condition.name);
    concat("energy.description", parts);
}

std::string HeadBuilder::coupling(std::size_t index, std::string const& numbers)
{
    auto const& coupling = head_->layers()[index];
    auto const name = "head.coupling" + std::to_string(index + 1);
    // Numbers that a coupling does not change get log scale and shift 0.
    auto const only_free = [&](Dense const& dense) {
        auto const free = 1.0 - coupling.mask;
        return DenseNumbers{.weight = dense->weight * free.unsqueeze(1),
                            .bias = dense->bias * free};
    };
    // What the mask hides from the first layer has weights of zero.
    auto const scale = torch::cat({coupling.mask.to(torch::kFloat64), primary_.scale});
    auto const shift =
        torch::cat({torch::zeros({geometry_.layers()}, torch::kFloat64), primary_.shift});
    auto const input = concat(name + ".input", {numbers, "energy.description"});
    auto hidden = gemm_of(name + ".first", input, unscaled(coupling.first, scale, shift));
    hidden = leaky_relu(name + ".first.leaky_relu", hidden);
    hidden = gemm(name + ".second", hidden, coupling.second->weight, coupling.second->bias);
    hidden = leaky_relu(name + ".second.leaky_relu", hidden);
    auto factor = gemm_of(name + ".scale", hidden, only_free(coupling.scale));
    factor = unary("Tanh", name + ".scale.tanh", factor);
    factor = binary("Mul", name + ".scale.bounded", factor,
                    number("head.scale_bound", EnergyHeadImpl::scale_bound));
    factor = unary("Exp", name + ".factor", factor);
    auto const offset = gemm_of(name + ".shift", hidden, only_free(coupling.shift));
    auto const scaled = binary("Mul", name + ".scaled", numbers, factor);
    return binary("Add", name, scaled, offset);
}

std::string HeadBuilder::layer_energies(std::string const& noise)
{
    auto of_energy = [&](std::string const& name, Dense const& dense) {
        return gemm_of(name, "energy.description", unscaled(dense, primary_.scale, primary_.shift));
    };
    auto const factor =
        unary("Exp", "head.factor", of_energy("head.energy_scale", head_->energy_scale()));
    auto numbers = binary("Mul", "head.scaled", noise, factor);
    numbers = binary("Add", "head.shifted", numbers,
                     of_energy("head.energy_shift", head_->energy_shift()));
    for (std::size_t i = 0; i < head_->layers().size(); ++i) numbers = coupling(i, numbers);
    auto const spread = constant("head.spread", to_constant(head_->spread()));
    auto const mean = constant("head.mean", to_constant(head_->mean()));
    numbers = binary("Mul", "head.spread_out", numbers, spread);
    numbers = clip("head.bounded", binary("Add", "head.logarithms", numbers, mean), "",
                   scalar("head.largest", 0.0F));
    return decode(unary("Exp", "head.encoded", numbers));
}

std::string HeadBuilder::decode(std::string const& encoded)
{
    auto const count = geometry_.layers();
    auto select = torch::zeros({1, count});
    select[0][0] = 1.0 / gev_per_mev;
    auto const response = gemm("head.response", encoded, select, torch::zeros({1}));
    auto const total = binary("Mul", "head.total", response, "energy");

    auto const unit = geometry_.unit_layer;
    auto place = torch::zeros({count, count});
    for (std::int64_t i = 1; i < count; ++i) place[i <= unit ? i - 1 : i][i] = 1.0;
    auto one = torch::zeros({count});
    one[unit] = EnergyHeadImpl::unit_share;
    auto const shares = gemm("head.shares", encoded, place, one);
    auto const with_offsets =
        binary("Add", "head.total_with_offsets", total,
               number("head.offsets", EnergyHeadImpl::offset * static_cast<double>(count)));
    auto const raised = scaled("head.raised", shares, with_offsets);
    auto const layers = unary("Relu", "head.above_offset",
                              binary("Sub", "head.without_offset", raised,
                                     number("head.offset", EnergyHeadImpl::offset)));
    return scaled("head.layers", with_empty_ones(layers), total);
}

std::string HeadBuilder::with_empty_ones(std::string const& layers)
{
    auto const above = unary("Relu", "head.above_empty",
                             binary("Sub", "head.over_empty", layers,
                                    number("head.empty_energy", EnergyHeadImpl::empty_energy)));
    auto const limit =
        binary("Mul", "head.limit", above, number("head.empty_slope", EnergyHeadImpl::empty_slope));
    auto const taken = unary("Relu", "head.taken", binary("Sub", "head.over_limit", layers, limit));
    return binary("Max", "head.with_empty", binary("Sub", "head.kept", layers, taken),
                  constant("head.least", to_constant(head_->least_energies())));
}

std::string HeadBuilder::scaled(std::string const& name, std::string const& layers,
                                std::string const& total)
{
    auto const sum = sum_over(name + ".sum", layers, {1});
    return binary("Mul", name, layers, binary("Div", name + ".scale", total, sum));
}

std::string HeadBuilder::sum_over(std::string const& name, std::string const& input,
                                  std::vector<std::int64_t> axes)
{
    graph::Tensor tensor{.type = graph::ElementType::int64,
                         .shape = {static_cast<std::int64_t>(axes.size())}};
    tensor.integers = std::move(axes);
    return node({.name = name,
                 .op = "ReduceSum",
                 .inputs = {input, constant(name + ".axes", tensor)},
                 .attributes = {{"keepdims", std::int64_t{1}}}});
}

std::string HeadBuilder::integers(std::string const& name, std::vector<std::int64_t> values)
{
    graph::Tensor tensor{.type = graph::ElementType::int64,
                         .shape = {static_cast<std::int64_t>(values.size())}};
    tensor.integers = std::move(values);
    return constant(name, tensor);
}

}  // namespace lowcal::training
