#pragma once

#include "graph/model/operands.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <utility>

namespace lowcal::graph {

/// A node, its inputs (null: absent) and its outputs, whose types, shapes and sizes are set.
struct ReferenceCall {
    Node const& node;
    std::vector<Tensor const*> inputs;
    std::vector<Tensor>& outputs;

    bool has(std::size_t i) const { return i < inputs.size() && inputs[i]; }
    Tensor const& input(std::size_t i) const { return *inputs[i]; }
    Tensor& output() const { return outputs.front(); }
    /// The same as shape inference sees it, with every input known.
    Operands operands() const;
};

/// Computes the outputs of one node.
using ReferenceOperator = void (*)(ReferenceCall const&);

// The operators by family; each map goes from operator to function.
std::map<std::string, ReferenceOperator> comparison_reference();
std::map<std::string, ReferenceOperator> dense_reference();
std::map<std::string, ReferenceOperator> convolution_reference();
std::map<std::string, ReferenceOperator> elementwise_reference();
std::map<std::string, ReferenceOperator> layout_reference();
std::map<std::string, ReferenceOperator> normalisation_reference();
std::map<std::string, ReferenceOperator> passes_reference();
std::map<std::string, ReferenceOperator> pool_reference();
std::map<std::string, ReferenceOperator> quantisation_reference();
std::map<std::string, ReferenceOperator> resize_reference();
std::map<std::string, ReferenceOperator> split_reference();

/// The larger and the smaller of two numbers; NaN if one of them is.
inline double larger(double a, double b)
{
    return std::isnan(a) || a > b ? a : b;
}
inline double smaller(double a, double b)
{
    return std::isnan(a) || a < b ? a : b;
}

/// Row of a tensor [rows, width].
std::span<float const> row_of(Tensor const& tensor, std::int64_t row);

/// Copies one element between tensors of one type.
void copy_element(Tensor const& from, std::size_t source, Tensor& to, std::size_t destination);

/// Position of an element in a tensor of this shape, row-major.
std::size_t position_of(Shape const& index, Shape const& shape);

/// Calls `visit(index, position)` for every element of a tensor of this shape, in order.
template <typename Visit>
void for_each_element(Shape const& shape, Visit visit)
{
    if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return;
    Shape index(shape.size(), 0);
    for (std::size_t position = 0;; ++position) {
        visit(std::as_const(index), position);
        std::size_t d = shape.size();
        while (d > 0 && ++index[d - 1] == shape[d - 1]) index[--d] = 0;
        if (d == 0) return;
    }
}

}  // namespace lowcal::graph
