#pragma once

#include "graph/model/graph.hpp"
#include "graph/patterns/cell_tail_form.hpp"

#include <cstdint>
#include <string>

namespace lowcal::graph {

/// What an exported tail is made of beside its form.
struct CellTailParts {
    std::string answer;  ///< value [N, layers, rows, columns]
    std::string layers;  ///< value [N, layers], the energies of the layers
    std::string noise;   ///< value [N, period]: normal numbers, each layer's from a later one on
    double unit = 1.0;   ///< of the result in units of `layers`
    Tensor base;         ///< [layers, rows, columns], none negative
    Tensor scatter;
    Tensor scatter_low;
    std::int64_t noise_step = 0;  ///< numbers from one layer's first to the next one's
    std::int64_t period = 0;
};

/// Appends the form, written with standard operators, and returns the name of its result [N,
/// layers, rows, columns]; values and constants are named "cells.*" and as the images. Kinks are
/// those up to the last that is not zero. `CellTailMatcher` finds it again, and the runtime
/// computes it in one step.
std::string add_cell_tail(Graph& graph, CellTailForm const& form, CellTailParts const& parts);

}  // namespace lowcal::graph
