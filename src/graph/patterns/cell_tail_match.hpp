#pragma once

#include "graph/patterns/cell_tail_form.hpp"
#include "graph/patterns/moved_numbers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lowcal::graph {

/// The nodes of a network that turn its answer [N, C, H, W] into cell energies (CellTailForm says
/// how), written with single operators.
struct CellTailMatch {
    std::string answer;  ///< values of the network
    std::string layer_roots;
    std::string layer_energies;
    std::string result;
    std::string noise;        ///< [N, period]
    std::string noise_image;  ///< what is made of it, like the answer
    std::string base;         ///< constants [C, H, W]
    std::string scatter;
    std::string scatter_low;
    /// Cell i = W y + x of layer z has number (noise_start + i + noise_step z) mod period.
    std::int64_t noise_start = 0;
    std::int64_t noise_step = 0;
    CellTailForm form{};
    std::vector<Node const*> nodes;  ///< the last one makes `result`
};

/// Finds the tail that ends in a node: operators as add_cell_tail writes them.
class CellTailMatcher {
public:
    /// `constants` gives the constant of a name, or null: those of the graph and those made from
    /// them.
    CellTailMatcher(Graph const& graph, MovedNumbers::Shapes const& shapes,
                    MovedNumbers::Constants constants);
    std::optional<CellTailMatch> ending_in(Node const& node) const;

private:
    struct Part;
    MovedNumbers::Shapes const& shapes_;
    MovedNumbers::Constants constants_;
    MovedNumbers::Makers makers_{};
};

}  // namespace lowcal::graph
