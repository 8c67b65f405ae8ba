#include "quantisation/form/input_products.hpp"

#include "graph/shapes/shape_inference.hpp"
#include "quantisation/form/patches.hpp"
#include "quantisation/form/row_products.hpp"

#include <utility>

namespace lowcal::quantisation {
namespace {

/// Sums over the cells that a convolution looks at.
class Covariance {
public:
    explicit Covariance(graph::ConvolutionGeometry const& geometry)
        : patches_(geometry), sums_(patches_.size(), 0.0), products_(patches_.size())
    {
    }

    /// `showers` is [N, C, spatial...].
    void observe(std::span<float const> showers)
    {
        auto const shower_size = patches_.shower_size();
        for (std::size_t n = 0; n < showers.size() / shower_size; ++n)
            for (std::size_t cell = n % patches_.step(); cell < patches_.cells();
                 cell += patches_.step()) {
                auto const patch = products_.next();
                patches_.add(showers.subspan(n * shower_size, shower_size), cell, 1.0, patch);
                for (std::size_t i = 0; i < patch.size(); ++i) sums_[i] += patch[i];
                products_.add();
                ++count_;
            }
    }

    InputProducts result()
    {
        auto const size = patches_.size();
        auto matrix = products_.take();
        double trace = 0;
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = i; j < size; ++j) {
                auto& product = matrix[i * size + j];
                product = product / count_ - sums_[i] / count_ * sums_[j] / count_;
            }
            trace += matrix[i * size + i];
        }
        // Inputs that hardly vary must not be trusted to make up for others.
        double const damping = 0.01 * trace / static_cast<double>(size) + 1e-12;
        for (std::size_t i = 0; i < size; ++i) matrix[i * size + i] += damping;
        return {.size = size, .factor = upper_factor(std::move(matrix), size)};
    }

private:
    Patches patches_;
    std::vector<double> sums_;
    RowProducts products_;
    double count_ = 0;
};

}  // namespace

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
        if (!Patches::suit(geometry) || inputs > most_inputs) continue;
        layers.push_back(node.name);
        values.push_back(node.inputs[0]);
        covariances.emplace_back(geometry);
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
