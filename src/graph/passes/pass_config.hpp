#pragma once

#include "graph/model/graph.hpp"
#include "graph/passes/pass_form.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lowcal::graph {

/// What one network that draws cells in passes is, beside its weights.
struct PassConfig {
    std::int64_t layers = 0, rows = 0, columns = 0;
    std::int64_t primary = 0;  ///< numbers that describe the primary
    bool round_rows = false;   ///< the last row is a neighbour of the first: an angle
    bool round_columns = false;
    std::int64_t hidden = 0;   ///< numbers of a cell
    std::int64_t context = 0;  ///< width of the networks of layers
    std::int64_t energy = 0;   ///< of those of the classes of energies
    std::int64_t bright = 0;   ///< of those of bright hits' energies
    std::int64_t classes = 0;  ///< of the energies of faint hits: a multiple of group_classes
    float unit = 1;            ///< of energy: logarithms begin here
    float least = 0;           ///< energy of a cell that is not empty

    std::int64_t cells() const { return rows * columns; }  ///< of a layer
    /// Uniform numbers of a shower: layer_uniforms for the hits of each layer, then of each layer
    /// one for each cell, pass by pass (pass_cells).
    std::int64_t uniform_count() const { return layers * (layer_uniforms + cells()); }
    /// By how much cells around may change the odds in a layer of so many hits.
    float change(float layer_hits) const;
    /// Features of a layer that hold for all its passes.
    std::int64_t layer_features() const;
    std::int64_t count_inputs() const { return layer_features() + left_numbers + layer_numbers; }
    std::int64_t context_inputs() const { return count_inputs() + pass_numbers; }
    std::int64_t pass_size(std::int64_t pass) const;  ///< cells of a layer that it draws
    std::int64_t cells_behind(std::int64_t pass) const;
    std::int64_t root_inputs() const;  ///< of the network of a layer's hits
    std::int64_t energy_inputs() const { return hidden + follow_features; }
    std::int64_t class_groups() const { return classes / group_classes; }
    std::int64_t bright_inputs() const { return energy_inputs() + window_cells; }
    /// Multiply-accumulates of a shower each of whose cells is drawn, with energies of `hits` of
    /// its cells.
    double macs(double hits) const;
};

/// Layers that are made at once, all of one group.
struct LayerStep {
    std::int64_t group = 0;
    std::vector<std::int64_t> layers{};
};
/// In their order.
std::vector<LayerStep> layer_steps(std::int64_t layers);
/// The group of a layer.
std::int64_t group_of(std::int64_t layer);

/// The cells of a layer in the order in which they are drawn: number row x columns + column of
/// each.
std::vector<std::int64_t> pass_cells(PassConfig const& config);

/// Places of all cells of a layer, [rows][columns][row, column], in cells from the shower's axis;
/// of a cylinder (one axis round) in its rings.
std::vector<float> cell_centres(PassConfig const& config);

/// As attributes of a CellPasses node, and back. Throws InputError naming the node where they make
/// no sense, or more cells than a network may have.
std::map<std::string, Attribute> attributes_of(PassConfig const& config);
PassConfig pass_config(Node const& node);

}  // namespace lowcal::graph
