#include "training/nn/factored_kernel.hpp"

#include <torch/torch.h>

namespace lowcal::training {

FactoredKernel factor_kernel(torch::Tensor const& weight, std::int64_t rank)
{
    torch::NoGradGuard const no_gradient;
    auto const out = weight.size(0), in = weight.size(1), k = weight.size(2);
    auto const matrix = weight.permute({1, 2, 0, 3}).reshape({in * k, out * k});
    auto const [left, values, right] =
        torch::linalg_svd(matrix.to(torch::kFloat64).contiguous(), false);
    auto const root = values.slice(0, 0, rank).sqrt();
    auto const columns = left.slice(1, 0, rank) * root;             // [in * k, rank]
    auto const rows = right.slice(0, 0, rank) * root.unsqueeze(1);  // [rank, out * k]
    return {.column = columns.view({in, k, rank})
                          .permute({2, 0, 1})
                          .unsqueeze(3)
                          .to(torch::kFloat32)
                          .contiguous(),
            .row = rows.view({rank, out, k})
                       .permute({1, 0, 2})
                       .unsqueeze(2)
                       .to(torch::kFloat32)
                       .contiguous()};
}

torch::Tensor merge_kernel(FactoredKernel const& kernel)
{
    auto const column = kernel.column.squeeze(3).to(torch::kFloat64);  // [rank, in, k]
    auto const row = kernel.row.squeeze(2).to(torch::kFloat64);        // [out, rank, k]
    return torch::einsum("ria,orb->oiab", {column, row}).to(torch::kFloat32).contiguous();
}

}  // namespace lowcal::training
