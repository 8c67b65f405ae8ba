#pragma once

#include "graph/passes/pass_config.hpp"
#include "graph/patterns/split_weights.hpp"

#include <array>
#include <span>
#include <vector>

namespace lowcal::graph {

/// The numbers of a network that draws cells in passes, in the order in which a CellPasses node's
/// constant holds them:
///
/// edges of the classes, [classes + 1]; logarithms of the odds of cells, usual shares of their
/// layer's energy, both [layers][cells]; usual shapes, [layers][regressors][usual shapes]; of the
/// layers' hits: layer numbers, three dense layers; of the layers' networks: layer numbers, three
/// dense layers, then three of the networks that count passes' hits; gains of positions,
/// [layers][positions][hidden]; learnt numbers of places, [cells][hidden]; those of bright hits,
/// [groups][cells][bright_place_numbers]; of each phase its parts;
/// of each group of layers the groups of classes (the last: bright hits), then the classes.
///
/// Dense layers are [out][in], then biases.
struct PassWeights {
    using Dense = SplitWeights::Dense;
    /// One pass of one group.
    struct Phase {
        Dense window;  ///< without what is not there yet; its bias is not used
        Dense second, hit, energy;
        Dense bright_first, bright_second, bright;
        std::vector<float> bright_window;  ///< how far bright hits follow the window, at least
    };

    PassWeights() = default;
    /// Copies them. Throws InputError where they are not as many as pass_counts says, a number is
    /// not finite, or classes are not in order.
    PassWeights(PassConfig const& config, std::span<float const> numbers);

    std::vector<float> edges;  ///< rising
    std::vector<float> odds, usual_share;
    std::vector<float> usual_shapes;
    std::vector<float> root_layers, layers;
    std::vector<float> positions, places, bright_places;
    Dense root_first, root_second, root;
    Dense context_first, context_second, context;
    Dense count_first, count_second, count;
    std::array<Phase, static_cast<std::size_t>(phase_count)> phases;
    struct Classes {
        Dense groups, classes;
    };
    std::array<Classes, static_cast<std::size_t>(group_count)> classes;

    // Found from these.
    std::vector<float> usual_left;    ///< [layers][passes], usual share of all cells from a pass on
    std::vector<float> log_widths;    ///< of the classes: logarithms of the ratio of their edges
    std::vector<float> centres;       ///< cell_centres
    std::vector<std::int64_t> cells;  ///< pass_cells
};

std::int64_t pass_counts(PassConfig const& config);

}  // namespace lowcal::graph
