#include "core/detector/known_detectors.hpp"

#include <numbers>

namespace lowcal {
namespace {

constexpr double mev = 1e-3;  ///< GeV

Detector calochallenge(char const* name, std::size_t angles, std::size_t radii, double radius)
{
    Detector detector;
    detector.name = name;
    detector.geometry = Geometry::cylindrical;
    detector.axes = {Axis{.name = "layer", .cells = 45, .size = 3.4},
                     Axis{.name = "angle",
                          .cells = angles,
                          .size = 2.0 * std::numbers::pi / static_cast<double>(angles),
                          .periodic = true},
                     Axis{.name = "radius", .cells = radii, .size = radius}};
    detector.depth = 0;
    return detector;
}

}  // namespace

Detector const& clic_detector()
{
    static Detector const detector{
        .name = "CLIC ECAL, 25 x 25 x 25",
        .geometry = Geometry::cartesian,
        .axes = {Axis{.name = "x", .cells = 25, .size = 5.1},
                 Axis{.name = "y", .cells = 25, .size = 5.1},
                 // 17 layers of 4.2 mm, then 8 of 6.6 mm
                 Axis{.name = "z", .cells = 25, .size = 4.968}},
        .depth = 2,
        .primary_energies = {2, 500},
        .energy_edges = {2, 50, 100, 200, 300, 400, 500},
        .low_energies = {2, 10},
        .hit_thresholds = {0, 0.05 * mev, 0.15 * mev, 1.5 * mev},
        .smallest_cell = 1e-6,
    };
    return detector;
}

Detector const& wide_clic_detector()
{
    static Detector const detector = [] {
        auto wide = clic_detector();
        wide.name = "CLIC ECAL, 51 x 51 x 25";
        wide.axes[0].cells = 51;
        wide.axes[1].cells = 51;
        return wide;
    }();
    return detector;
}

Detector const& calochallenge_2()
{
    static Detector const detector = calochallenge("CaloChallenge data set 2", 16, 9, 4.65);
    return detector;
}

Detector const& calochallenge_3()
{
    static Detector const detector = calochallenge("CaloChallenge data set 3", 50, 18, 2.325);
    return detector;
}

}  // namespace lowcal
