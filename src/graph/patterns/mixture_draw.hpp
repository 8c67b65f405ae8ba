#pragma once

#include "graph/patterns/split_form.hpp"

#include <cstddef>
#include <span>

namespace lowcal::graph {

float sigmoid(float x);
/// Its logarithm.
float log_sigmoid(float x);

/// Which of these weights' logarithms (not normalised) a uniform number means, and where in its
/// part of the unit interval it lies.
struct Choice {
    std::size_t chosen = 0;
    float within = 0;  ///< 0 to 1
    float log_probability = 0;
};
Choice choose(std::span<float const> log_weights, float uniform);

/// One number of a mixture of logistic densities by two uniform ones; `numbers`: weights, means and
/// widths, all its means are moved by `offset`.
float draw_mixture(std::span<float const> numbers, std::size_t components,
                   MixtureScale const& scale, float offset, std::span<float const> uniform);

}  // namespace lowcal::graph
