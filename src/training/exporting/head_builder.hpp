#pragma once

#include "training/exporting/layer_builder.hpp"
#include "training/lean/energy_head.hpp"

#include <string>
#include <vector>

namespace lowcal::training {

inline constexpr double gev_per_mev = 1e-3;

/// The networks' description of a primary (training::describe) is scale * (log E, sqrt E,
/// 1 / sqrt E, conditions) + shift; both go into the weights behind it.
struct Description {
    explicit Description(ShowerGeometry const& geometry);
    torch::Tensor scale, shift;
};

/// Appends what draws the energies of layers.
class HeadBuilder : public LayerBuilder {
public:
    HeadBuilder(graph::Graph& graph, EnergyHead const& head);

protected:
    struct DenseNumbers {
        torch::Tensor weight, bias;
    };

    ShowerGeometry geometry_;
    EnergyHead head_;
    Description primary_;

    /// GeV of one MeV in the geometry's unit.
    double gev() const { return gev_per_mev * geometry_.cell_unit; }
    std::string number(std::string const& name, double value);
    std::string scalar(std::string const& name, float value);
    std::string integers(std::string const& name, std::vector<std::int64_t> values);
    /// An empty name is no bound.
    std::string clip(std::string const& name, std::string const& input, std::string const& low,
                     std::string const& high);
    std::string gemm_of(std::string const& name, std::string const& input,
                        DenseNumbers const& numbers);
    /// A dense layer that reads x instead of scale * x + shift.
    static DenseNumbers unscaled(Dense const& dense, torch::Tensor const& scale,
                                 torch::Tensor const& shift);
    std::string sum_over(std::string const& name, std::string const& input,
                         std::vector<std::int64_t> axes);
    /// Makes energy.description [N, 3 + conditions].
    void describe_primary();
    /// Layer energies [N, layers], MeV in the geometry's unit, from noise [N, layers].
    std::string layer_energies(std::string const& noise);

private:
    std::string coupling(std::size_t index, std::string const& numbers);
    /// Response and shares as layer energies: EnergyHeadImpl::forward behind its exponentials.
    std::string decode(std::string const& encoded);
    /// EnergyHeadImpl::with_empty_ones.
    std::string with_empty_ones(std::string const& layers);
    /// Layers with their sum brought to `total`.
    std::string scaled(std::string const& name, std::string const& layers,
                       std::string const& total);
};

}  // namespace lowcal::training
