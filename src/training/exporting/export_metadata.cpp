#include "training/exporting/export_metadata.hpp"

#include "core/detector/detector_json.hpp"
#include "graph/model/ports.hpp"

#include <string>

namespace lowcal::training {

void describe_showers(ShowerGeometry const& geometry, graph::Graph& network)
{
    network.metadata[detector_key] = to_json(geometry.detector);
    if (geometry.pdg != 0) network.metadata[graph::pdg_key] = std::to_string(geometry.pdg);
}

}  // namespace lowcal::training
