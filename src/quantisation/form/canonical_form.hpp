#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::quantisation {

/// Suffixes of the values that the canonical form adds to a convolution's name.
inline constexpr char bias_suffix[] = ".biased";
inline constexpr char shift_suffix[] = ".shifted";
/// Of the output before it is multiplied by n(e).
inline constexpr char per_unit_suffix[] = ".per_unit";

/// Throws InputError naming a node if the network is quantised.
void refuse_quantised(graph::Graph const& network);

/// Whether noise is multiplied by the primary energy, so that all grows with it.
bool scales_with_energy(graph::Graph const& network);

/// What activations are divided by.
enum class ActivationUnit {
    per_shower,  ///< n(e) of their own shower, as below
    absolute     ///< nothing
};

struct CanonicalConfig {
    ActivationUnit unit = ActivationUnit::per_shower;
    /// e0 below, in units of 100 GeV.
    double energy_offset = 0.1;
};

/// A network in canonical form.
struct CanonicalForm {
    graph::Graph graph;
    /// "Tanh node 'x'": the first on whose results activations are no longer divided; empty where
    /// there is none.
    std::string absolute_from{};
};

/// The same function, written in the form that is quantised. Exact but for float32 rounding.
///
/// 1. Batch normalisation is folded: its |scale| into the convolution before it (LeakyReLU(s x) =
///    s LeakyReLU(x) for s > 0), its sign, where one is negative, into a product behind the
///    activation, its shift into an addition. A block is then Conv -> [Add bias] -> [LeakyRelu] ->
///    [Mul sign] -> [Add shift].
/// 2. Where latents are multiplied by the primary energy e, activations grow with it: 250-fold from
///    2 to 500 GeV, and one int8 scale for all would round the showers of low energies to nothing.
///    Convolutions and LeakyReLU are homogeneous, f(a x) = a f(x) for a > 0, so that all
///    activations may be divided by n(e) = e + e0 of their own shower and the result multiplied by
///    it: latents then enter as noise x e / n(e), and biases and shifts, which are not homogeneous,
///    as b / n(e). The offset e0 balances the two: with 0, shifts would dominate at low energies.
///
/// The product may have the energy in any unit, as it is or times a number, before the noise or
/// behind it. An operator that is not homogeneous (tanh, a normalisation over the image, a clip)
/// gets its inputs multiplied by n(e) again, and what follows it is divided by nothing. Networks
/// without the product, or with absolute units, come back with step 1 alone. Throws InputError if
/// the network is quantised already.
CanonicalForm canonical_form(graph::Graph const& network, CanonicalConfig config = {});

}  // namespace lowcal::quantisation
