#include "graph/patterns/split_network.hpp"

#include "graph/patterns/shower_division.hpp"

namespace lowcal::graph {

void SplitNetwork::divide(Shower const& shower, std::span<float> cells, SplitRanges* ranges) const
{
    ShowerDivision(config_, weights_, shower, ranges).run(cells);
}

}  // namespace lowcal::graph
