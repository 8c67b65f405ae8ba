#pragma once

#include "core/detector/detector.hpp"

namespace lowcal {

/// A cylinder of three layers that differ: two whole rings, nothing, three rings of four angles.
inline Detector unlike_layers()
{
    return {.name = "unlike",
            .geometry = Geometry::cylindrical,
            .axes = {Axis{.name = "layer", .cells = 3},
                     Axis{.name = "angle", .cells = 4, .periodic = true},
                     Axis{.name = "radius", .cells = 3}},
            .depth = 0,
            .layer_rings = {
                {.edges = {0, 5, 10}, .angles = 1}, {}, {.edges = {0, 2, 6, 20}, .angles = 4}}};
}

}  // namespace lowcal
