#include "graph/passes/pass_network.hpp"

#include "graph/passes/pass_drawing.hpp"

namespace lowcal::graph {

void PassNetwork::draw(Shower const& shower, std::span<float> cells, Wanted const& wanted) const
{
    PassDrawing(config_, weights_, shower, wanted).run(cells);
}

}  // namespace lowcal::graph
