#include "quantisation/form/input_products.hpp"

#include "graph/shapes/convolution_geometry.hpp"
#include "graph/shapes/shape_inference.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace lowcal::quantisation {
namespace {

/// Sums over the cells that a convolution looks at.
class Covariance {
public:
    Covariance(graph::ConvolutionGeometry const& geometry, std::size_t inputs)
        : size_(inputs),
          channels_(static_cast<std::size_t>(geometry.input_channels)),
          sums_(size_, 0.0),
          products_(size_ * size_)
    {
        std::vector<std::int64_t> kernel;
        for (auto const& axis : geometry.axes) {
            input_.push_back(axis.input);
            output_.push_back(axis.output);
            kernel.push_back(axis.kernel);
            pad_.push_back(axis.pad_begin);
        }
        for (std::size_t tap = 0; tap < count_of(kernel); ++tap)
            taps_.push_back(graph::indices_of(static_cast<std::int64_t>(tap), kernel));
    }

    /// `showers` is [N, C, spatial...].
    void observe(std::span<float const> showers)
    {
        auto const shower_size = channels_ * count_of(input_);
        auto const cells = count_of(output_);
        // Neighbouring cells are alike: some of them tell as much. The step is odd, so that all
        // columns have their turn.
        std::size_t const step = cells / 64 * 2 + 1;
        for (std::size_t n = 0; n < showers.size() / shower_size; ++n)
            for (std::size_t cell = n % step; cell < cells; cell += step) {
                read_patch(showers.subspan(n * shower_size, shower_size), cell);
                if (patches_.size() == most_patches * size_) add_patches();
            }
    }

    InputProducts result()
    {
        add_patches();
        auto matrix = std::move(products_);
        double trace = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            for (std::size_t j = i; j < size_; ++j) {
                auto& product = matrix[i * size_ + j];
                product = product / count_ - sums_[i] / count_ * sums_[j] / count_;
            }
            trace += matrix[i * size_ + i];
        }
        // Inputs that hardly vary must not be trusted to make up for others.
        double const damping = 0.01 * trace / static_cast<double>(size_) + 1e-12;
        for (std::size_t i = 0; i < size_; ++i) matrix[i * size_ + i] += damping;
        return {.size = size_, .factor = upper_factor(std::move(matrix), size_)};
    }

private:
    static constexpr std::size_t most_patches = 64;  ///< of which products are formed at once

    std::size_t size_;
    std::size_t channels_;
    std::vector<std::int64_t> input_, output_, pad_;
    std::vector<std::vector<std::int64_t>> taps_;
    std::vector<double> sums_;
    std::vector<double> products_;  ///< upper triangle
    double count_ = 0;
    std::vector<double> patches_;  ///< [patch][size], not yet in the sums

    static std::size_t count_of(graph::Shape const& sizes)
    {
        return static_cast<std::size_t>(graph::element_count(sizes));
    }

    /// What the weights of an output channel multiply at an output cell.
    void read_patch(std::span<float const> shower, std::size_t cell)
    {
        auto const position = graph::indices_of(static_cast<std::int64_t>(cell), output_);
        auto const cells = count_of(input_);
        std::vector<std::optional<std::size_t>> places;  // in a channel; none: padding
        for (auto const& tap : taps_) {
            std::size_t place = 0;
            bool inside = true;
            for (std::size_t axis = 0; axis < tap.size(); ++axis) {
                auto const at = position[axis] + tap[axis] - pad_[axis];
                inside = inside && at >= 0 && at < input_[axis];
                place =
                    place * static_cast<std::size_t>(input_[axis]) + static_cast<std::size_t>(at);
            }
            places.push_back(inside ? std::optional(place) : std::nullopt);
        }
        for (std::size_t c = 0; c < channels_; ++c)
            for (auto const& place : places)
                patches_.push_back(place ? static_cast<double>(shower[c * cells + *place]) : 0.0);
    }

    void add_patches()
    {
        auto const patches = patches_.size() / size_;
        for (std::size_t i = 0; i < size_; ++i) {
            auto* const row = products_.data() + i * size_;
            for (std::size_t patch = 0; patch < patches; ++patch) {
                auto const* const numbers = patches_.data() + patch * size_;
                double const number = numbers[i];
                if (number == 0.0) continue;
                sums_[i] += number;
                for (std::size_t j = i; j < size_; ++j) row[j] += number * numbers[j];
            }
        }
        count_ += static_cast<double>(patches);
        patches_.clear();
    }
};

bool is_plain(graph::ConvolutionGeometry const& geometry)
{
    return geometry.groups == 1 &&
           std::all_of(geometry.axes.begin(), geometry.axes.end(),
                       [](auto const& axis) { return axis.stride == 1 && axis.dilation == 1; });
}

}  // namespace

std::vector<double> upper_factor(std::vector<double> matrix, std::size_t n)
{
    for (std::size_t i = 0; i < n; ++i) {
        auto* const row = matrix.data() + i * n;
        std::fill(row, row + i, 0.0);
        double const diagonal = std::sqrt(std::max(row[i], 1e-300));
        for (std::size_t j = i; j < n; ++j) row[j] /= diagonal;
        for (std::size_t k = i + 1; k < n; ++k) {
            auto* const below = matrix.data() + k * n;
            for (std::size_t j = k; j < n; ++j) below[j] -= row[k] * row[j];
        }
    }
    return matrix;
}

std::map<std::string, InputProducts> input_products(graph::Graph const& canonical,
                                                    Int8Plan const& plan,
                                                    NetworkRunner const& runner,
                                                    std::size_t most_inputs)
{
    auto const shapes = graph::infer_shapes(canonical, 1);
    std::vector<std::string> layers, values;
    std::vector<Covariance> covariances;
    for (auto const& node : canonical.nodes) {
        if (node.op != "Conv" || plan.precision_of(node.name) != LayerPrecision::int8) continue;
        auto const& weights = canonical.constants.at(node.inputs[1]);
        auto const geometry =
            graph::convolution_geometry(node, shapes.at(node.inputs[0]), weights.shape);
        auto const inputs = weights.floats.size() / static_cast<std::size_t>(weights.shape[0]);
        if (!is_plain(geometry) || inputs > most_inputs) continue;
        layers.push_back(node.name);
        values.push_back(node.inputs[0]);
        covariances.emplace_back(geometry, inputs);
    }
    std::map<std::string, InputProducts> products;
    if (layers.empty()) return products;
    runner.run(canonical, values, [&](std::size_t value, std::span<float const> numbers) {
        covariances[value].observe(numbers);
    });
    for (std::size_t i = 0; i < layers.size(); ++i) products[layers[i]] = covariances[i].result();
    return products;
}

}  // namespace lowcal::quantisation
