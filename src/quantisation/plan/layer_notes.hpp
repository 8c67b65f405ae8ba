#pragma once

#include "quantisation/plan/int8_rewrite.hpp"

#include <string>
#include <vector>

namespace lowcal::quantisation {

/// Metadata of an int8 network that say what became of its layers: one line each.
inline constexpr char layer_notes_key[] = "lowcal.layers";

/// What a file says of one layer.
struct LayerNote {
    std::string name;
    std::string precision;  ///< as name_of(LayerPrecision)
    Int8Scale input{};      ///< of an int8 layer
    double seen_low = 0;    ///< range of its input in calibration
    double seen_high = 0;
    std::string reason{};  ///< why not int8
};

std::string layer_notes(std::vector<Int8Layer> const& layers);
/// Of a network that has none: nothing. Lines that cannot be read are left out: a network that
/// another program changed still runs.
std::vector<LayerNote> read_layer_notes(graph::Graph const& network);

}  // namespace lowcal::quantisation
