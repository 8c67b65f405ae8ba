#include "training/fine/narrowing.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

/// Added to mean products of numbers of order one.
constexpr double least_product = 1e-5;

torch::Tensor block(torch::Tensor const& matrix, torch::Tensor const& rows,
                    torch::Tensor const& columns)
{
    return matrix.index_select(0, rows).index_select(1, columns);
}

/// Where the constant and the kept numbers stand among products.
torch::Tensor with_constant(torch::Tensor const& kept)
{
    return torch::cat({torch::zeros({1}, torch::kInt64), kept + 1});
}

}  // namespace

void LayerMoments::add(torch::Tensor const& numbers)
{
    auto const all = torch::cat({torch::ones({numbers.size(0), 1}, numbers.options()), numbers}, 1)
                         .to(torch::kFloat64);
    auto const sums = all.t().mm(all).to(torch::kCPU);
    sums_ = sums_.defined() ? sums_ + sums : sums;
    rows_ += static_cast<double>(numbers.size(0));
}

torch::Tensor LayerMoments::products(std::int64_t width) const
{
    auto const least = least_product * torch::eye(1 + width, torch::kFloat64);
    return sums_.defined() ? sums_ / rows_ + least : least;
}

torch::Tensor kept_numbers(torch::Tensor const& products, std::vector<torch::Tensor> const& behind,
                           std::int64_t count)
{
    auto const weights = torch::cat(behind).to(torch::kFloat64);
    auto kept = torch::arange(weights.size(1));
    // Without the constant, which stays: what numbers have in common with it is the biases'.
    auto const mean = products.narrow(0, 0, 1) / products[0][0];
    auto const spread = (products - products[0][0] * mean.t().mm(mean))
                            .narrow(0, 1, kept.size(0))
                            .narrow(1, 1, kept.size(0)) +
                        least_product * torch::eye(kept.size(0), torch::kFloat64);
    while (kept.size(0) > count) {
        auto const inverse = torch::linalg_inv(block(spread, kept, kept));
        auto const now = weights.mm(spread.index_select(1, kept)).mm(inverse);
        auto const cost = now.square().sum(0) / inverse.diagonal();
        auto const least = cost.argmin().item<std::int64_t>();
        kept = torch::cat(
            {kept.narrow(0, 0, least), kept.narrow(0, least + 1, kept.size(0) - least - 1)});
    }
    return kept;
}

LinearLayer fitted(torch::Tensor const& products, torch::Tensor const& kept,
                   LinearLayer const& layer)
{
    auto const places = with_constant(kept);
    auto const all = torch::cat({layer.bias.unsqueeze(1), layer.weight}, 1).to(torch::kFloat64);
    auto const now = torch::linalg_solve(block(products, places, places),
                                         all.mm(products.index_select(1, places)).t())
                         .t()
                         .to(torch::kFloat32);
    return {.weight = now.narrow(1, 1, kept.size(0)).contiguous(),
            .bias = now.select(1, 0).contiguous()};
}

}  // namespace lowcal::training
