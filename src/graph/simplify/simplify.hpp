#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// Brings a network as exporters write it into the form that everything here works on; its outputs
/// stay the same but for rounding. In this order:
///
/// 1. `remove_unread`: nodes that no output hangs on are gone with their constants, whatever they
///    are;
/// 2. `write_composites`: operators that are made of others are written so;
/// 3. `widen`: what computes in 16 bits computes in float32;
/// 4. `fold_constants`: what hangs on no input becomes a constant;
/// 5. `write_levels_unsigned`: levels of activations become uint8;
/// 6. `settle_shapes`: shapes that are computed from shapes become constants, -1 for the showers.
///
/// Throws InputError naming the node for what is not supported or does not fit.
void simplify(Graph& graph);

/// Also sorts the nodes that are left.
void remove_unread(Graph& graph);

/// Gelu, Mish, Swish, GroupNormalization, RMSNormalization, Einsum of two factors or one, Pad
/// around a circle; integer exponents of Pow become float32. Throws InputError naming an Einsum
/// that is no matrix product.
void write_composites(Graph& graph);

/// Inputs, outputs and constants of float16 and bfloat16 become float32, but for the weights of
/// layers, which keep their type with a Cast behind them; casts to 16 bits between values become
/// casts to float32. A graph that only stores weights in 16 bits stays as it is.
void widen(Graph& graph);

/// The graph must be sorted and pass `check`. Stored weights, of 16 bits behind a Cast or of levels
/// behind a DequantizeLinear, stay stored so where a layer reads them. Throws InputError for what
/// does not fit, or where all constants exceed `largest_network_memory`.
void fold_constants(Graph& graph);

/// Levels q of activations in int8 become q + 128 in uint8, and their zero points with them: the
/// same numbers, which is all that the runtime and the quantiser know.
void write_levels_unsigned(Graph& graph);

/// The same as folding for nodes whose inputs follow from the showers' number: Reshape, Squeeze and
/// others get constants that hold for any number of showers where there are such.
void settle_shapes(Graph& graph);

}  // namespace lowcal::graph
