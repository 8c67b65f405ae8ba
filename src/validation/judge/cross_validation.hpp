#pragma once

#include "core/processes/worker_pool.hpp"
#include "physics/features/feature_table.hpp"
#include "validation/judge/boosted_trees.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace lowcal::validation {

/// Parts of the showers; each is scored by trees that were trained on the other parts.
inline constexpr std::size_t folds = 5;

/// Showers of two samples to be told apart, in one list.
struct LabelledShowers {
    std::size_t columns = 0;            ///< features
    std::vector<float> rows;            ///< [count][columns], NaN: not there
    std::vector<float> labels{};        ///< [count], 1: candidate, 0: reference
    std::vector<float> energy{};        ///< [count], GeV
    std::vector<std::uint32_t> fold{};  ///< [count], below `folds`

    std::size_t count() const { return labels.size(); }
};

/// Lists showers of reference and candidate by their places in their tables.
///
/// What is usual at a shower's energy is taken from its features, but not from what it was made
/// for: an EnergyTrend of both samples together, which knows no labels. A spread that is too small
/// at every energy is then seen by one cut instead of many.
///
/// Folds are random, each of as many showers of either sample; where samples have the same
/// energies, the two showers of an energy are in one fold. (Were they not, trees would learn from a
/// shower's partner that its energy belongs to the other sample. Were they dealt out to neighbours
/// in energy instead, each fold would repeat by how much one sample happens to be denser here and
/// there, and trees would tell samples of one kind apart.)
LabelledShowers labelled(physics::FeatureTable const& reference,
                         std::span<std::uint32_t const> reference_showers,
                         physics::FeatureTable const& candidate,
                         std::span<std::uint32_t const> candidate_showers, std::uint64_t seed);

/// Labels dealt out anew within pairs and among showers of neighbouring energy.
std::vector<float> shuffled_labels(LabelledShowers const& showers, std::uint64_t seed);

/// A question to the trees: which columns they see, which labels they learn.
struct Question {
    LabelledShowers const* showers = nullptr;
    std::vector<std::uint32_t> columns;
    std::vector<float> labels;  ///< [showers.count()]
};

/// Out-of-fold scores of each question, [questions][showers]. Questions and folds are shared among
/// threads; the answers do not depend on their number. `progress` is called, by one thread at a
/// time, with the number of trainings that are done, of questions times folds.
std::vector<std::vector<float>> out_of_fold_scores(
    std::span<Question const> questions, TreesConfig const& config, WorkerPool& threads,
    std::function<void(std::size_t)> const& progress);

}  // namespace lowcal::validation
