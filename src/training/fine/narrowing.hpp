#pragma once

#include "training/nn/layer_stack.hpp"

#include <torch/types.h>

#include <vector>

namespace lowcal::training {

/// What is known of the numbers that a layer hands on: their products with each other and with 1,
/// on the average over all rows it has seen.
class LayerMoments {
public:
    /// Of [M, width].
    void add(torch::Tensor const& numbers);
    /// [1 + width, 1 + width], float64, with a little on the diagonal: there is an inverse, and of
    /// a layer that has seen nothing all numbers are alike.
    torch::Tensor products(std::int64_t width) const;

private:
    torch::Tensor sums_;
    double rows_ = 0;
};

/// A layer behind: [outputs, width] and [outputs].
struct LinearLayer {
    torch::Tensor weight, bias;
};

/// Which `count` of the numbers the layers behind can do with best: one after the other is left out
/// whose absence changes their outputs least, the others' weights being fitted (optimal brain
/// surgeon, Hassibi and Stork 1993). Of LayerMoments::products and of weights [outputs, width];
/// [count] indices, in their order.
torch::Tensor kept_numbers(torch::Tensor const& products, std::vector<torch::Tensor> const& behind,
                           std::int64_t count);

/// A layer behind over the kept numbers, whose outputs are nearest to what they were, by least
/// squares.
LinearLayer fitted(torch::Tensor const& products, torch::Tensor const& kept,
                   LinearLayer const& layer);

}  // namespace lowcal::training
