#include "training/fine/layer_memory.hpp"

#include "graph/patterns/split_network.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

/// Added to the regression's normal equations: layers that hardly any shower reaches have usual
/// shapes, too.
constexpr double ridge = 1e-3;

/// [N, layers, regressors]
torch::Tensor regressors(torch::Tensor const& energy, SplitUnits const& units)
{
    auto const own = logarithm(energy, units);
    auto const total = logarithm(energy.sum(1, true), units).expand_as(own);
    return torch::stack({torch::ones_like(own), own, graph::regressor_scale * own.square(), total,
                         graph::regressor_scale * total.square()},
                        2);
}

}  // namespace

torch::Tensor layer_shapes(torch::Tensor const& cells, torch::Tensor const& centres,
                           torch::Tensor const& entry)
{
    auto const flat = cells.flatten(2);
    auto const distance = centres.flatten(0, 1).unsqueeze(0) - entry.unsqueeze(1);  // [N, cells, 2]
    auto const square = distance.square().sum(2, true);
    auto const hit = (flat > 0).to(flat.scalar_type());
    auto const hits = hit.sum(2);
    auto const energy = flat.sum(2);
    auto const any = energy > 0;
    auto const per = [&](torch::Tensor const& sum, torch::Tensor const& whole) {
        return torch::where(any, sum / whole, torch::ones({}, sum.options()));
    };
    auto const width = [&](torch::Tensor const& weights, torch::Tensor const& whole) {
        auto const mean = per(torch::matmul(weights, square).squeeze(2), whole);
        return 0.5 * torch::log(mean + graph::nearest);
    };
    auto const centre = torch::matmul(flat, distance);
    auto const shapes =
        torch::stack({torch::log1p(hits), width(flat, energy), width(hit, hits),
                      torch::log(per(flat.square().sum(2), energy) /
                                 torch::where(any, energy, torch::ones({}, energy.options()))),
                      per(centre.select(2, 0), energy), per(centre.select(2, 1), energy)},
                     2);
    return shapes * any.unsqueeze(2);
}

torch::Tensor find_usual_shapes(torch::Tensor const& shapes, torch::Tensor const& energy,
                                SplitUnits const& units)
{
    auto const hit = (shapes.select(2, 0) > 0).to(torch::kFloat64).unsqueeze(2);
    auto const x = regressors(energy, units).to(torch::kFloat64) * hit;
    auto const y = shapes.narrow(2, 0, graph::usual_shapes).to(torch::kFloat64) * hit;
    auto const by_layer = x.permute({1, 2, 0});  // [layers, regressors, N]
    auto const squares = torch::matmul(by_layer, by_layer.transpose(1, 2)) +
                         ridge * torch::eye(graph::shape_regressors, x.options());
    return torch::linalg_solve(squares, torch::matmul(by_layer, y.transpose(0, 1)))
        .to(shapes.scalar_type());
}

torch::Tensor usual_shapes(torch::Tensor const& coefficients, torch::Tensor const& energy,
                           SplitUnits const& units)
{
    return (regressors(energy, units).unsqueeze(3) * coefficients).sum(2);
}

torch::Tensor beyond_usual(torch::Tensor const& shapes, torch::Tensor const& usual)
{
    auto const centre =
        shapes.narrow(2, graph::usual_shapes, graph::shape_numbers - graph::usual_shapes);
    return graph::shape_scale *
           torch::cat({shapes.narrow(2, 0, graph::usual_shapes) - usual, centre}, 2);
}

torch::Tensor memory_of(torch::Tensor const& beyond, torch::Tensor const& energy,
                        SplitUnits const& units)
{
    auto const layers = energy.size(1);
    auto const weight = logarithm(energy, units).unsqueeze(2);
    auto const number = torch::arange(layers, energy.options());
    auto const between = number.unsqueeze(1) - number - 1;  // layers between one and one before
    std::vector<torch::Tensor> means;
    for (float const decay : graph::memory_decays) {
        auto const share = torch::where(between >= 0, torch::pow(decay, between.clamp_min(0)),
                                        torch::zeros({}, energy.options()));
        means.push_back(torch::matmul(share, weight * beyond) /
                        (torch::matmul(share, weight) + 1.0));
    }
    return torch::cat(means, 2);
}

}  // namespace lowcal::training
