#include "training/exporting/export_metadata.hpp"

#include "core/detector/detector_json.hpp"
#include "graph/model/ports.hpp"

#include <cmath>
#include <string>

namespace lowcal::training {

void describe_showers(ShowerGeometry const& geometry, graph::Graph& network)
{
    network.metadata[detector_key] = to_json(geometry.detector);
    ConditionRanges ranges;
    for (auto const& condition : geometry.conditions) {
        if (condition.name == "pdg") {  // of two kinds
            auto const code = [&](double side) {
                return std::to_string(std::lround(condition.mean + side * condition.spread));
            };
            network.metadata[graph::pdg_codes_key] = code(-1) + "," + code(1);
        } else if (condition.least < condition.most) {
            ranges[condition.name] = {condition.least, condition.most};
        }
    }
    if (!ranges.empty())
        network.metadata[graph::condition_ranges_key] = graph::condition_ranges_text(ranges);
    if (geometry.pdg != 0) network.metadata[graph::pdg_key] = std::to_string(geometry.pdg);
}

}  // namespace lowcal::training
