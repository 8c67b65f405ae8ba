#pragma once

#include "graph/model/graph.hpp"
#include "graph/patterns/split_form.hpp"
#include "graph/patterns/split_tree.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lowcal::graph {

/// What one network that divides layers is, beside its weights.
struct SplitNetworkConfig {
    SplitTree tree{};
    std::int64_t layers = 0;
    std::int64_t primary = 0;  ///< numbers that describe the primary
    bool round_rows = false;   ///< the last row is a neighbour of the first: an angle
    bool round_columns = false;
    std::int64_t trunk = 0;  ///< widths
    std::int64_t energy = 0;
    std::int64_t single = 0;   ///< trunk of the networks of single hits; 0: they have none
    bool development = false;  ///< layers are told of their shower's (shower_development.hpp)
    float unit = 1;            ///< of energy: logarithms begin here
    float least = 0;           ///< energy of a cell that is not empty
    bool int8 = false;         ///< divisions multiply levels

    /// Features of a block in the first or second pass.
    std::int64_t features(int pass) const;
    std::int64_t layer_features() const;
    /// Networks of a stage: for each pass one, and where single hits have their own, that.
    struct Division {
        int pass = 0;
        bool of_single = false;
    };
    std::vector<Division> divisions(SplitStage const& stage) const;
    /// Which of them a block of so many hits is divided by.
    std::size_t division_of(int pass, float hits) const
    {
        return static_cast<std::size_t>(single > 0 ? 2 * pass + (hits == 1 ? 1 : 0) : pass);
    }
    std::int64_t root_inputs() const;  ///< of the network of a layer's hits
    /// Uniform numbers of a shower: two for the hits of each layer, four for each block of it.
    std::int64_t uniform_count() const { return layers * layer_uniforms(); }
    std::int64_t layer_uniforms() const;
    /// Multiply-accumulates of a shower all of whose blocks are divided; most are empty.
    double most_macs() const;
};

/// As attributes of a SplitTree node, and back. Throws InputError naming the node where they make
/// no sense, or more blocks than a network may have.
std::map<std::string, Attribute> attributes_of(SplitNetworkConfig const& config);
SplitNetworkConfig split_config(Node const& node);
/// The levels of its constant.
std::vector<std::int8_t> levels_of(Tensor const& tensor);

}  // namespace lowcal::graph
