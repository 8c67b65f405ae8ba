#pragma once

#include "training/lean/energy_head.hpp"

#include <array>

namespace lowcal::training {

/// Parts of the latent vector of `lean`, in its order.
struct LeanLatent {
    explicit LeanLatent(ShowerGeometry const& geometry)
        : head(geometry.layers()),
          coarse(coarse_channels * geometry.coarse_rows() * geometry.coarse_columns()),
          fine(fine_channels * geometry.rows() * geometry.columns())
    {
    }
    std::int64_t head;                         ///< layer energies
    static constexpr std::int64_t shape = 32;  ///< what all cells of a shower share
    static constexpr std::int64_t entry = 2;   ///< the first of these: where the primary entered
    static constexpr std::int64_t coarse_channels = 8;  ///< noise on the small images
    static constexpr std::int64_t fine_channels = 2;    ///< noise on images of all cells
    std::int64_t coarse;
    std::int64_t fine;
    std::int64_t size() const { return head + shape + coarse + fine; }
};

/// Cells of a shower as the critic sees them and as the calorimeter does.
struct LeanImage {
    torch::Tensor roots;  ///< [N, z, x, y], cube roots of the energies in MeV
    /// Logarithm of what brought the cells of each layer to its energy, [N, layers].
    torch::Tensor log_scales;
    torch::Tensor cells() const { return roots * roots * roots; }
};

/// Draws how the energy of each layer spreads over its cells. All energies of cells and layers are
/// in MeV, in the geometry's unit.
///
/// Works on cube roots of cell energies, where single hits (0.5 MeV) and cores (100 MeV) fluctuate
/// by amounts of the same order: with r = cbrt(layer energy), base and scatter of each cell and
/// layer, a = base * r + a convolutional network's answer + (scatter + scatter_low / (1 + r)) *
/// noise, but at least a trace of the base, so that layers whose every answer is negative have a
/// core. The noise is the fine noise once more, at another place in each layer: what single
/// particles leave is independent from layer to layer, which two images cannot be through
/// convolutions.
///
/// root^2 = a (a + rise) - the kinks' less x (a - from) where a > from: for large a, root is a and
/// half of what the kinks leave of the rise; from zero it rises steeply, so that of cells whose a
/// just exceeds zero few are faint, and slower from where hits of single particles set in (0.13
/// MeV, an edge in Geant4's spectrum). What is there is scaled to the layer's energy; training
/// keeps that scale near one, so that the curve's places are energies. Cells under the threshold
/// become exact zeros. Most of the faintest others get the energy of silicon's K edge, as in
/// Geant4, where it is a spike in a flat spectrum; the rest are spread between that and Geant4's
/// cut of 1 keV. What that adds to a layer's energy is some keV.
class LeanShapesImpl : public torch::nn::Module {
public:
    explicit LeanShapesImpl(ShowerGeometry const& geometry);

    /// Parts of the latent vector [N, shape], [N, coarse], [N, fine]; primaries; layer energies
    /// [N, layers].
    struct Input {
        torch::Tensor shape, coarse, fine;
        Primary primary;
        torch::Tensor layers;
    };
    LeanImage forward(Input const& input, TrainingPrecision precision);

    /// Sets constants and the base to what these showers have: cells in MeV [N, z, x, y].
    void start_from_showers(torch::Tensor const& cells, torch::Tensor const& energy);
    /// log of layer energy (MeV) per primary energy (GeV), whitened: [N, layers].
    torch::Tensor describe_layers(torch::Tensor const& layers, torch::Tensor const& energy) const;

    static constexpr std::int64_t dense_channels = 56;  ///< with the coarse noise 64
    static constexpr std::int64_t fine_channels = 14;   ///< with the fine noise 16
    /// Added to MeV per GeV before the logarithm: layers without energy stay finite.
    static constexpr double layer_offset = 1e-3;
    static constexpr double floor_share = 1e-5;  ///< least a, relative to the base
    static constexpr double first_rise = 3.9;
    struct Kink {
        double from, first_less;
    };
    /// Of root^2 over a, so that a density of a that falls slowly from zero gives the spectrum of
    /// Geant4's cells; its edge lies between the last three. The slopes are trained.
    static constexpr std::array<Kink, 6> kinks{
        {{0.008, 0.6}, {0.02, 1.0}, {0.045, 0.5}, {0.098, 0.5}, {0.117, 0.5}, {0.3, 0.55}}};
    /// MeV: cells under this are exact zeros.
    static constexpr double smallest_energy = 5e-5;
    /// MeV, where Geant4 has it. Others have at least the smaller of this and faint_slope x energy
    /// + faint_offset.
    static constexpr double line_energy = 1.844e-3;
    static constexpr double faint_slope = 3.4;
    static constexpr double faint_offset = 8.3e-4;
    /// Cell i of layer z has number (i + noise_step z) mod LeanLatent::fine of the fine noise. With
    /// this step, about 0.22 of that size, the places of a number in two layers of 25 x 25 cells
    /// are 7 cells apart or more, and 10 in layers that are less than 9 apart.
    std::int64_t noise_step() const;
    ShowerGeometry const& geometry() const { return geometry_; }
    /// Added to a layer's sums: a layer without hits stays one.
    static constexpr double smallest_sum = 1e-12;

    Dense const& dense() const { return dense_; }
    LayerStack const& coarse() const { return coarse_; }
    LayerStack const& fine() const { return fine_; }
    torch::Tensor const& base() const { return base_; }
    torch::Tensor const& scatter() const { return scatter_; }
    torch::Tensor const& scatter_low() const { return scatter_low_; }
    torch::Tensor const& rise() const { return rise_; }
    torch::Tensor const& less() const { return less_; }
    torch::Tensor const& layer_mean() const { return layer_mean_; }
    torch::Tensor const& layer_spread() const { return layer_spread_; }

private:
    ShowerGeometry geometry_;
    Dense dense_{nullptr};
    LayerStack coarse_{nullptr};
    LayerStack fine_{nullptr};
    torch::Tensor base_, scatter_, scatter_low_;  ///< [layers, rows, columns], trained
    torch::Tensor rise_, less_;                   ///< [1] and [kinks], trained
    torch::Tensor layer_mean_, layer_spread_;
    torch::Tensor noise_places_;  ///< [cells], in the fine noise
};
TORCH_MODULE(LeanShapes);

/// The whole generator: latent [N, LeanLatent::size()], primaries -> cells in MeV (geometry's
/// unit), [N, layers, rows, columns].
class LeanGeneratorImpl : public torch::nn::Module {
public:
    explicit LeanGeneratorImpl(ShowerGeometry const& geometry);
    torch::Tensor forward(torch::Tensor const& latent, Primary const& primary,
                          TrainingPrecision precision = TrainingPrecision::float32);
    /// The same with given layer energies ([N, layers]) in the place of the head's.
    LeanImage shapes_for(torch::Tensor const& latent, Primary const& primary,
                         torch::Tensor const& layers, TrainingPrecision precision);

    ShowerGeometry const& geometry() const { return head->geometry(); }

    EnergyHead head{nullptr};
    LeanShapes shapes{nullptr};
};
TORCH_MODULE(LeanGenerator);

}  // namespace lowcal::training
