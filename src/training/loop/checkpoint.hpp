#pragma once

#include "training/fine/fine_networks.hpp"
#include "training/lean/lean_networks.hpp"
#include "training/loop/training_run.hpp"
#include "training/passes/pass_networks.hpp"
#include "training/study/networks.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace lowcal::training {

/// What a training's loop keeps beside the networks.
struct LoopState {
    double seconds = 0;        ///< spent in all, over all resumed runs
    double best_score = 1e30;  ///< of the best network so far
    std::int64_t best_step = 0;
    /// Sums of the losses since the last line of losses.csv, and of how many steps.
    std::vector<double> loss_sums{};
    std::int64_t summed_steps = 0;
};

/// Files of a training in its folder.
struct CheckpointFiles {
    std::filesystem::path current;   ///< checkpoint.pt
    std::filesystem::path previous;  ///< checkpoint.previous.pt: the one before
};
CheckpointFiles checkpoint_files(std::filesystem::path const& folder);

/// Writes a checkpoint that is complete or absent (written beside, flushed, renamed); the one
/// before is kept as `previous`. Throws InputError if the folder cannot be written.
void save_checkpoint(std::filesystem::path const& folder, TrainingRun const& training,
                     LoopState const& state);

/// The configuration in a checkpoint. Throws InputError if the file is damaged or foreign.
TrainingConfig read_checkpoint_config(std::filesystem::path const& file);

/// Restores the training, which was made with the same configuration.
LoopState load_checkpoint(std::filesystem::path const& file, TrainingRun& training);

/// A checkpoint to go on from.
struct FoundCheckpoint {
    std::filesystem::path file;
    std::vector<std::string> damaged{};  ///< newer ones, each with what is wrong with it
};

/// The newest checkpoint that can be read as a whole: the current one, else the one before it.
/// Throws InputError if there is neither.
FoundCheckpoint find_checkpoint(std::filesystem::path const& folder);
/// Its file alone.
std::filesystem::path newest_checkpoint(std::filesystem::path const& folder);

/// Whether the folder holds a checkpoint, readable or not, also one whose training was killed while
/// it was written.
bool has_checkpoint(std::filesystem::path const& folder);

/// A generator with its averages, as kept for export, and where it comes from.
struct StoredGenerator {
    Generator generator{nullptr};
    TrainingConfig config;
    std::string provenance{};  ///< "key value" lines: steps, physics on held-out showers
};
void save_generator(std::filesystem::path const& file, StoredGenerator const& stored);
StoredGenerator load_generator(std::filesystem::path const& file);

/// The same of `lean`.
struct StoredLean {
    LeanGenerator generator{nullptr};
    TrainingConfig config;
    std::string provenance{};
};
void save_generator(std::filesystem::path const& file, StoredLean const& stored);
StoredLean load_lean(std::filesystem::path const& file);

/// The same of `fine`.
struct StoredFine {
    FineGenerator generator{nullptr};
    TrainingConfig config;
    std::string provenance{};
};
void save_generator(std::filesystem::path const& file, StoredFine const& stored);
StoredFine load_fine(std::filesystem::path const& file);

/// The same of `passes`.
struct StoredPasses {
    PassGenerator generator{nullptr};
    TrainingConfig config;
    std::string provenance{};
};
void save_generator(std::filesystem::path const& file, StoredPasses const& stored);
StoredPasses load_passes(std::filesystem::path const& file);

}  // namespace lowcal::training
