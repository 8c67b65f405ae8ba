#include "quantisation/input_products.hpp"

#include "graph/convolution_geometry.hpp"
#include "graph/shape_inference.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::quantisation {
namespace {

/// Sums over the cells that a convolution looks at.
class Covariance {
public:
    Covariance(graph::ConvolutionGeometry geometry, std::size_t inputs)
        : geometry_(std::move(geometry)), size_(inputs), sums_(size_, 0.0), products_(size_ * size_)
    {
    }

    /// `showers` is [N, C, rows, columns].
    void observe(std::span<float const> showers)
    {
        auto const& [rows, columns] = axes();
        auto const channels = static_cast<std::size_t>(geometry_.input_channels);
        auto const shower_size = channels * static_cast<std::size_t>(rows.input * columns.input);
        auto const cells = static_cast<std::size_t>(rows.output * columns.output);
        // Neighbouring cells are alike: some of them tell as much. The step is odd, so that all
        // columns have their turn.
        std::size_t const step = cells / 64 * 2 + 1;
        for (std::size_t n = 0; n < showers.size() / shower_size; ++n)
            for (std::size_t cell = n % step; cell < cells; cell += step)
                add(showers.subspan(n * shower_size, shower_size), cell);
    }

    InputProducts result() const
    {
        auto matrix = products_;
        double trace = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            for (std::size_t j = 0; j < size_; ++j) {
                auto const upper = products_[std::min(i, j) * size_ + std::max(i, j)];
                matrix[i * size_ + j] = upper / count_ - sums_[i] / count_ * sums_[j] / count_;
            }
            trace += matrix[i * size_ + i];
        }
        // Inputs that hardly vary must not be trusted to make up for others.
        double const damping = 0.01 * trace / static_cast<double>(size_) + 1e-12;
        for (std::size_t i = 0; i < size_; ++i) matrix[i * size_ + i] += damping;
        return {.size = size_, .factor = upper_factor(matrix, size_)};
    }

private:
    graph::ConvolutionGeometry geometry_;
    std::size_t size_;
    std::vector<double> sums_;
    std::vector<double> products_;  ///< upper triangle
    double count_ = 0;
    std::vector<double> patch_;

    std::pair<graph::ConvolutionAxis const&, graph::ConvolutionAxis const&> axes() const
    {
        return {geometry_.axes[0], geometry_.axes[1]};
    }

    void add(std::span<float const> shower, std::size_t cell)
    {
        read_patch(shower, cell);
        for (std::size_t i = 0; i < size_; ++i) {
            if (patch_[i] == 0.0) continue;
            sums_[i] += patch_[i];
            for (std::size_t j = i; j < size_; ++j)
                products_[i * size_ + j] += patch_[i] * patch_[j];
        }
        ++count_;
    }

    /// What the weights of an output channel multiply at an output cell.
    void read_patch(std::span<float const> shower, std::size_t cell)
    {
        auto const& [rows, columns] = axes();
        auto const row = static_cast<std::int64_t>(cell) / columns.output - rows.pad_begin;
        auto const column = static_cast<std::int64_t>(cell) % columns.output - columns.pad_begin;
        patch_.clear();
        for (std::int64_t c = 0; c < geometry_.input_channels; ++c)
            for (std::int64_t i = row; i < row + rows.kernel; ++i)
                for (std::int64_t j = column; j < column + columns.kernel; ++j) {
                    bool const inside = i >= 0 && i < rows.input && j >= 0 && j < columns.input;
                    auto const at = (c * rows.input + i) * columns.input + j;
                    patch_.push_back(
                        inside ? static_cast<double>(shower[static_cast<std::size_t>(at)]) : 0.0);
                }
    }
};

bool is_plain(graph::ConvolutionGeometry const& geometry)
{
    return geometry.axes.size() == 2 && geometry.groups == 1 &&
           std::all_of(geometry.axes.begin(), geometry.axes.end(),
                       [](auto const& axis) { return axis.stride == 1 && axis.dilation == 1; });
}

}  // namespace

std::vector<double> upper_factor(std::vector<double> const& matrix, std::size_t n)
{
    std::vector<double> factor(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        auto* const row = factor.data() + i * n;
        for (std::size_t j = i; j < n; ++j) row[j] = matrix[i * n + j];
        for (std::size_t k = 0; k < i; ++k) {
            auto const* const above = factor.data() + k * n;
            for (std::size_t j = i; j < n; ++j) row[j] -= above[i] * above[j];
        }
        double const diagonal = std::sqrt(std::max(row[i], 1e-300));
        for (std::size_t j = i; j < n; ++j) row[j] /= diagonal;
    }
    return factor;
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
        auto geometry = graph::convolution_geometry(node, shapes.at(node.inputs[0]), weights.shape);
        auto const inputs = weights.floats.size() / static_cast<std::size_t>(weights.shape[0]);
        if (!is_plain(geometry) || inputs > most_inputs) continue;
        layers.push_back(node.name);
        values.push_back(node.inputs[0]);
        covariances.emplace_back(std::move(geometry), inputs);
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
