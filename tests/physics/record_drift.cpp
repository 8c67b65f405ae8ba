/// Writes tests/physics/drift.json anew, after a network was replaced.

#include "drift_figures.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

int main()
{
    using namespace lowcal::physics;
    nlohmann::json recorded;
    for (auto const& network : shipped_networks()) {
        auto const [detector, showers] = reference_showers(network);
        for (auto const& [key, figure] : figures_of(showers, detector))
            recorded[network.filename().string()][key] = {{"mean", figure.mean},
                                                          {"error", figure.error}};
    }
    std::ofstream(recorded_file()) << recorded.dump(1) << '\n';
}
