#pragma once

#include "graph/model/graph.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::quantisation {

/// What becomes of a convolution or dense layer.
enum class LayerPrecision {
    int8,          ///< weights and activations: products in integers
    int8_weights,  ///< weights only, stored so; products in float32
    bfloat16,      ///< weights stored so; products in bfloat16 where the CPU has them, else float32
    float32
};
/// "int8", "int8 weights", "bf16", "f32".
std::string_view name_of(LayerPrecision precision);

struct LayerChoice {
    std::string name;  ///< of the layer's node
    LayerPrecision precision = LayerPrecision::int8;
    std::string reason{};  ///< why not int8; empty otherwise
    std::string source{};  ///< the quantised value that it reads, the first of several
};

/// Which layers of a canonical network run in int8, and which values are therefore quantised.
struct Int8Plan {
    std::vector<LayerChoice> layers;  ///< in the order of the network
    /// Values that get QuantizeLinear and DequantizeLinear, by group: those that one concatenation
    /// joins share a scale, so that joining moves bytes.
    std::vector<std::vector<std::string>> groups;

    LayerPrecision precision_of(std::string const& layer) const;
};

/// A layer that is not to be int8, and why.
struct Fallback {
    LayerPrecision precision = LayerPrecision::float32;
    std::string reason{};
};

/// Of networks all of whose layers are narrow, those from here on are int8; of others, those that
/// are much of the work.
inline constexpr std::int64_t fewest_channels = 4;
/// Share of the network's multiply-accumulates.
inline constexpr double much_of_the_work = 0.05;

struct Int8PlanConfig {
    /// Convolutions of fewer input channels compute in float32 unless they are `much_of_the_work`:
    /// they hardly cost time and see the latent vector itself. Their weights, like those of dense
    /// layers, are stored in int8, but for dense layers from which a way leads to the output past
    /// all int8 layers.
    std::int64_t least_channels = 16;
    std::map<std::string, Fallback> fallbacks{};  ///< by layer
};

/// Where no convolution has as many channels and no other number was chosen, those of
/// `fewest_channels` are taken; where there is none at all, the weights of dense layers are stored
/// in int8 and nothing computes in it. Throws InputError if there is no layer for that either, or
/// `fallbacks` names one that is not there.
Int8Plan plan_int8(graph::Graph const& canonical, Int8PlanConfig const& config);

/// Adds to a plan every value inside its int8 blocks (behind the convolution, its bias, the
/// activation, the sign) and what is added to them: the portable placement, for engines that run
/// each operator in int8 by itself. Each rounds once more. The block that makes the network's
/// output stays as it is.
void add_values_within_blocks(Int8Plan& plan, graph::Graph const& canonical);

}  // namespace lowcal::quantisation
