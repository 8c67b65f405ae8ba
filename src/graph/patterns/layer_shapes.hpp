#pragma once

#include "graph/patterns/split_form.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace lowcal::graph {

/// What is usual of the first shapes of a layer for the logarithms of its energy and the shower's;
/// `coefficients` [regressors][usual shapes].
inline std::array<float, usual_shapes> usual_layer_shapes(std::span<float const> coefficients,
                                                          float log_layer, float log_total)
{
    std::array const regressors{1.0F, log_layer, regressor_scale * log_layer * log_layer, log_total,
                                regressor_scale * log_total * log_total};
    static_assert(regressors.size() == static_cast<std::size_t>(shape_regressors));
    std::array<float, usual_shapes> shapes{};
    auto coefficient = coefficients.begin();
    for (float const regressor : regressors)
        for (float& shape : shapes) shape += regressor * *coefficient++;
    return shapes;
}

/// The shapes of a layer's cells, and its energy; 0 where it is empty.
struct LayerShapes {
    std::array<float, shape_numbers> numbers{};
    float energy = 0;
};
/// `centres` [cells][row, column] in cells, from the axis; `entry`: where the primary entered.
LayerShapes find_layer_shapes(std::span<float const> cells, std::span<float const> centres,
                              std::span<float const> entry);

/// What a shower's layers made so far tell those behind them: means of their shapes.
class ShapeMemory {
public:
    /// `shapes`: their first ones still with what is usual.
    void add(std::array<float, shape_numbers> shapes,
             std::array<float, usual_shapes> const& expected, float weight)
    {
        for (std::size_t i = 0; i < expected.size(); ++i) shapes[i] -= expected[i];
        for (float& shape : shapes) shape *= shape_scale;
        fade();
        for (auto& sums : sums_) {
            for (std::size_t i = 0; i < shapes.size(); ++i) sums.shapes[i] += weight * shapes[i];
            sums.weight += weight;
        }
    }
    /// For a layer without hits.
    void fade()
    {
        for (std::size_t d = 0; d < sums_.size(); ++d) {
            for (float& shape : sums_[d].shapes) shape *= memory_decays[d];
            sums_[d].weight *= memory_decays[d];
        }
    }
    std::array<float, memory_numbers> means() const
    {
        std::array<float, memory_numbers> all{};
        auto to = all.begin();
        for (auto const& sums : sums_)
            for (float const shape : sums.shapes) *to++ = shape / (sums.weight + 1.0F);
        return all;
    }

private:
    struct Sums {
        std::array<float, shape_numbers> shapes{};
        float weight = 0;
    };
    std::array<Sums, memory_decays.size()> sums_{};
};

}  // namespace lowcal::graph
