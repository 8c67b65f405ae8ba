#pragma once

#include "training/lean/energy_head.hpp"
#include "training/lean/shower_geometry.hpp"

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace lowcal::training {

/// The showers that a training sees; how they were read is the caller's matter.
struct ShowerSet {
    /// [N, axes in memory] float16 or float32, GeV x image_scale
    torch::Tensor cells;
    torch::Tensor energy;  ///< [N] float32, primary energy in GeV
    /// [N, 2] float32, where the primary entered the central cell, x and y: -1 and 1 are its edges.
    /// Undefined where the files do not say.
    torch::Tensor entry{};
    ShowerGeometry geometry = clic_geometry();
    torch::Tensor conditions{};  ///< [N, conditions] as the geometry scales them; undefined without

    std::int64_t count() const { return energy.size(0); }
};

/// One batch as the networks see it.
struct Batch {
    torch::Tensor images;        ///< [N, layers, rows, columns] float32, GeV x image_scale
    torch::Tensor energy;        ///< [N], GeV
    torch::Tensor entry{};       ///< [N, 2] as in ShowerSet, or undefined
    torch::Tensor conditions{};  ///< [N, conditions] as in ShowerSet, or undefined

    Primary primary() const { return {.energy = energy, .conditions = conditions}; }
};

/// Eight symmetries of the square in x and y: bit 0 mirrors x, bit 1 mirrors y, bit 2 swaps them.
torch::Tensor apply_symmetry(torch::Tensor const& images, unsigned symmetry);
/// The same for points in the plane, [N, 2], the centre at (0, 0).
torch::Tensor apply_symmetry_to_points(torch::Tensor const& points, unsigned symmetry);

/// Weight of each shower such that drawing by weight gives primary energies half uniform in E and
/// half uniform in log E, whatever the mixture of files; from a histogram in log E.
torch::Tensor sampling_weights(torch::Tensor const& energy);

enum class Symmetries { none, square };

/// Draws batches with one shower from each of `batch` strata of the energies, in random order.
///
/// Generators scale with energy, so that the batch normalisation of a batch with few high-energy
/// showers would differ from that of one with many: with strata it is the same to a few per cent.
class BatchSampler {
public:
    struct Config {
        std::int64_t batch = 128;                    ///< showers
        Symmetries symmetries = Symmetries::square;  ///< augmentation, one symmetry per batch
    };
    BatchSampler(ShowerSet const& showers, Config config);
    /// Uses LibTorch's default generator, which the caller seeds for each step.
    Batch draw(torch::Device device) const;
    /// The indices alone of such a batch's showers, [batch].
    torch::Tensor choose() const;

private:
    ShowerSet const& showers_;
    Config config_;
    torch::Tensor by_energy_;   ///< indices of showers, energies ascending
    torch::Tensor cumulative_;  ///< sum of the sampling weights up to each, in (0, 1]
};

/// The showers, 2048 at most, that a network's constants are gathered from.
Batch draw_for_constants(ShowerSet const& showers, torch::Device device);

/// Expected cell sum for a primary energy, fitted to the showers: sum / E = a + b l + c l^2 with
/// l = log(E / 100 GeV), least squares. Same unit as the images.
class CellSumFit {
public:
    explicit CellSumFit(ShowerSet const& showers);
    explicit CellSumFit(std::vector<double> coefficients) : coefficients_(std::move(coefficients))
    {
    }
    torch::Tensor operator()(torch::Tensor const& energy) const;  ///< [N] -> [N]
    std::vector<double> const& coefficients() const { return coefficients_; }

private:
    std::vector<double> coefficients_;
};

}  // namespace lowcal::training
