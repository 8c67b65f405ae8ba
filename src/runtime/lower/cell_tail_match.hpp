#pragma once

#include "runtime/kernels/cell_tail_kernel.hpp"
#include "runtime/lower/moved_numbers.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::runtime {

/// The nodes of a network that turn its answer [N, C, H, W] into cell energies (CellTail says how),
/// written with single operators.
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
    float floor_share = 0.0F;
    float rise = 0.0F;
    std::array<CellTail::Kink, CellTail::kink_count> kinks{};
    float smallest_sum = 0.0F;
    float threshold = 0.0F;
    float faint_slope = 0.0F;
    float faint_offset = 0.0F;
    float line = 0.0F;
    std::vector<graph::Node const*> nodes;  ///< the last one makes `result`
};

/// Finds the tail that ends in a node: operators in the form that our training exports.
class CellTailMatcher {
public:
    /// `constants` gives the constant of a name, or null: those of the graph and those made from
    /// them.
    CellTailMatcher(graph::Graph const& graph, MovedNumbers::Shapes const& shapes,
                    MovedNumbers::Constants constants);
    std::optional<CellTailMatch> ending_in(graph::Node const& node) const;

private:
    struct Part;
    MovedNumbers::Shapes const& shapes_;
    MovedNumbers::Constants constants_;
    MovedNumbers::Makers makers_{};
};

}  // namespace lowcal::runtime
