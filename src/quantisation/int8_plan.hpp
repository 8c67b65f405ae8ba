#pragma once

#include "graph/graph.hpp"

#include <map>
#include <string>
#include <vector>

namespace lowcal::quantisation {

/// What becomes of a convolution.
enum class LayerPrecision { int8, float32 };

struct LayerChoice {
    std::string name;  ///< of the convolution's node
    LayerPrecision precision = LayerPrecision::int8;
    std::string reason{};  ///< why not int8; empty otherwise
    std::string source{};  ///< the quantised value that it reads, the first of several
};

/// Which convolutions of a canonical network run in int8, and which values are therefore quantised.
struct Int8Plan {
    std::vector<LayerChoice> layers;  ///< in the order of the network
    /// Values that get QuantizeLinear and DequantizeLinear, by group: those that one concatenation
    /// joins share a scale, so that joining moves bytes.
    std::vector<std::vector<std::string>> groups;

    LayerPrecision precision_of(std::string const& layer) const;
};

struct Int8PlanConfig {
    /// Convolutions of fewer input channels stay in float32: they are a negligible share of the
    /// work and see the latent vector itself.
    std::int64_t least_channels = 16;
    std::map<std::string, std::string> excluded{};  ///< layers to leave in float32, and why
};

/// Throws InputError if the network has no convolution that can be int8, or `excluded` names one
/// that is not there.
Int8Plan plan_int8(graph::Graph const& canonical, Int8PlanConfig const& config);

}  // namespace lowcal::quantisation
