#pragma once

#include "graph/patterns/split_weights.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lowcal::runtime {

/// The next multiple of `together`.
constexpr std::size_t padded(std::size_t count, std::size_t together)
{
    return (count + together - 1) / together * together;
}

/// Inputs [first, last) of a dense layer.
struct InputRange {
    std::int64_t first, last;
};

/// A dense layer in float32, of some inputs of another, as the kernel wants it.
struct PackedDense {
    std::size_t inputs = 0, outputs = 0;
    std::vector<float> weights, bias;

    PackedDense() = default;
    PackedDense(graph::SplitWeights::Dense const& dense, std::vector<InputRange> const& ranges);

    /// What sums begin with: `start` [rows][outputs], else `bias` (padded), else the layer's own.
    struct Start {
        float const* start = nullptr;
        float const* bias = nullptr;
    };
    /// [rows][inputs] to [rows][outputs], LeakyReLU behind it where wanted.
    void operator()(std::size_t rows, float const* source, float* result, bool leaky,
                    Start start) const;
    void operator()(std::size_t rows, float const* source, float* result, bool leaky) const
    {
        (*this)(rows, source, result, leaky, {});
    }
    std::size_t bytes() const { return (weights.size() + bias.size()) * sizeof(float); }
};

/// A dense layer over levels. Rows of its source and its result are padded to whole vectors.
struct LevelDense {
    std::size_t inputs = 0, outputs = 0;  ///< padded
    std::vector<std::int8_t> fours;       ///< weights in groups of four, or
    std::vector<std::int16_t> pairs;      ///< in pairs, as this CPU's kernel wants them
    std::vector<float> scale, bias;       ///< the bias less what zeros of levels add

    LevelDense() = default;
    /// Of inputs that have levels.
    LevelDense(graph::SplitWeights::Dense const& dense, std::vector<InputRange> const& ranges);

    /// `source_step` numbers from row to row. Sums begin with `start` [rows][start_step] in the
    /// place of the bias where it is given.
    struct Source {
        std::uint8_t const* levels = nullptr;
        std::size_t step = 0;
        float const* start = nullptr;
        std::size_t start_step = 0;
    };
    /// To levels, LeakyReLU before.
    void operator()(std::size_t rows, Source const& source, graph::NumberLevels const& levels,
                    std::uint8_t* result) const;
    /// To numbers.
    void operator()(std::size_t rows, Source const& source, float* result) const;
    std::size_t bytes() const
    {
        return fours.size() + pairs.size() * sizeof(std::int16_t) +
               (scale.size() + bias.size()) * sizeof(float);
    }
};

}  // namespace lowcal::runtime
