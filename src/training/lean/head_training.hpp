#pragma once

#include "training/loop/training_config.hpp"
#include "training/parallel/ranks.hpp"
#include "training/shower_set.hpp"

#include <torch/optim/adamw.h>
#include <torch/serialize/archive.h>

#include <memory>

namespace lowcal::training {

/// MeV of the geometry's unit in one unit of the images.
inline double cell_scale(ShowerGeometry const& geometry)
{
    return mev_per_unit / geometry.cell_unit;
}

/// Trains an energy head by maximum likelihood: the first `head_steps` steps of a training.
class HeadTraining {
public:
    /// Sets the head's whitening; trains it, which must live as long as this.
    HeadTraining(TrainingConfig const& config, ShowerSet const& showers, EnergyHead const& head,
                 torch::Device device, Ranks const& ranks = one_process());

    /// One step; returns the negative log likelihood of a batch's layer energies, a shower.
    double step(std::int64_t steps_done);
    /// Layer energies of all training showers, [N, layers].
    torch::Tensor const& layers() const { return layers_; }

    void save(torch::serialize::OutputArchive& archive) const;
    void load(torch::serialize::InputArchive& archive);

private:
    LeanRecipe recipe_;
    ShowerSet const& showers_;
    torch::Device device_;
    BatchSampler sampler_;
    EnergyHead head_;
    Ranks const& ranks_;
    torch::Tensor layers_;
    std::unique_ptr<torch::optim::AdamW> optimiser_;
};

}  // namespace lowcal::training
