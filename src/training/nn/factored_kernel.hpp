#pragma once

#include <torch/types.h>

namespace lowcal::training {

/// A k x k kernel as a k x 1 kernel followed by a 1 x k kernel with nothing between: a fraction of
/// the multiplications while training, and after it exactly one kernel again.
struct FactoredKernel {
    torch::Tensor column;  ///< [rank, in, k, 1]
    torch::Tensor row;     ///< [out, rank, 1, k]
};

/// The nearest factored kernel of this rank to `weight` [out, in, k, k] (singular value
/// decomposition; least squares).
FactoredKernel factor_kernel(torch::Tensor const& weight, std::int64_t rank);

/// The kernel [out, in, k, k] that the two are.
torch::Tensor merge_kernel(FactoredKernel const& kernel);

}  // namespace lowcal::training
