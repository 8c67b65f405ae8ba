#pragma once

#include "training/loop/physics_monitor.hpp"
#include "training/loop/training_config.hpp"

#include <torch/serialize/archive.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lowcal::training {

struct NamedLoss {
    std::string name;
    double value = 0;
};

/// A generator as it would be exported after this step.
class Candidate {
public:
    virtual ~Candidate() = default;
    /// Showers for these primaries: [N, axes in memory] in the image's unit, on the CPU.
    virtual torch::Tensor showers(Primary const& primary) = 0;
    /// Writes what `--export` reads; `provenance` are "key value" lines.
    virtual void save(std::filesystem::path const& file, std::string const& provenance) = 0;
};

/// A training as its loop sees it, whatever the architecture. Not thread-safe.
///
/// Step s draws its random numbers from (seed, s) alone, so that a resumed training goes on with
/// the same stream.
class TrainingRun {
public:
    virtual ~TrainingRun() = default;

    /// One step; the same names, in the same order, at every step.
    virtual std::vector<NamedLoss> advance() = 0;
    virtual std::int64_t steps_done() const = 0;
    virtual double epochs_done() const = 0;
    virtual TrainingConfig const& config() const = 0;

    /// The moving average of the generator. `showers` of the training's own batches serve to gather
    /// what normalisation layers need. Draws from LibTorch's global generator, which `advance`
    /// seeds anew.
    virtual std::unique_ptr<Candidate> candidate(std::int64_t showers) const = 0;
    /// How far a candidate is from Geant4: the best network is that with the smallest score.
    virtual double score(PhysicsFigures const& figures) const = 0;

    /// Everything that a resumed training needs.
    virtual void save(torch::serialize::OutputArchive& archive) const = 0;
    virtual void load(torch::serialize::InputArchive& archive) = 0;
};

}  // namespace lowcal::training
