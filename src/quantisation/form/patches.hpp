#pragma once

#include "graph/shapes/convolution_geometry.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::quantisation {

/// What the weights of an output channel of a plain convolution multiply at each of its cells.
class Patches {
public:
    /// One group, strides and dilations of 1.
    static bool suit(graph::ConvolutionGeometry const& geometry);
    explicit Patches(graph::ConvolutionGeometry const& geometry);

    std::size_t size() const { return channels_ * taps_; }        ///< of a patch, [in][tap...]
    std::size_t cells() const { return places_.size() / taps_; }  ///< of an output channel
    /// Neighbouring cells are alike: some of them tell as much. From which to which; odd, so that
    /// all columns have their turn.
    std::size_t step() const { return cells() / 64 * 2 + 1; }
    std::size_t shower_size() const { return channels_ * input_cells_; }

    /// Adds to `patch` that of a cell, of a shower's input [in][spatial...], times `weight`.
    void add(std::span<float const> shower, std::size_t cell, double weight,
             std::span<double> patch) const;

private:
    std::size_t channels_, taps_ = 1, input_cells_ = 1;
    std::vector<std::ptrdiff_t> places_;  ///< [cells][taps], in a channel; -1: padding
};

}  // namespace lowcal::quantisation
