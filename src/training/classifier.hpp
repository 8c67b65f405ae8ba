#pragma once

#include "training/shower_set.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lowcal::training {

/// What a classifier sees: one image a shower.
struct ClassifierInput {
    torch::Tensor reference;  ///< [N, ...] float32
    torch::Tensor candidate;  ///< [M, ...] float32
};

/// How well two classes can be told apart.
struct Separability {
    double area =
        0;  ///< under the curve, on showers that the training did not see; 0.5: not at all
    double error =
        0;  ///< one standard deviation: over the repeats, and of the test showers' number
};

/// Splits, trains and judges the same way every time: of either class 60 % train, 20 % choose the
/// best epoch, 20 % are judged. Each repeat has a split and start of its own, from the seed alone.
struct ClassifierConfig {
    std::uint64_t seed = 20211;
    int repeats = 3;
    int epochs = 20;
    std::int64_t batch = 128;
    double rate = 1e-3;                                ///< of Adam
    std::function<void(std::string const&)> report{};  ///< one line for each repeat
};

/// On cells, images [N, z, x, y] of any scale, one channel a layer: three convolutions, two dense
/// layers.
Separability classify_cells(ClassifierInput const& input, ClassifierConfig const& config);

}  // namespace lowcal::training
