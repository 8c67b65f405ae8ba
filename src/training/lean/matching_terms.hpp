#pragma once

#include "training/lean/moment_matching.hpp"
#include "training/lean/shower_geometry.hpp"
#include "training/loop/training_config.hpp"

#include <torch/optim/adam.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::training {

/// What a generator is pulled to beside the critic's opinion; the rows of `matching_terms`.
enum class MatchingTerm { image, depth, profile, features, spectrum, products, scale };

/// One of them: its column in losses.csv, its option (--weight-NAME), its key in checkpoints.
struct MatchingTermInfo {
    std::string_view name;
    double LeanRecipe::*weight;
    std::string_view meaning;  ///< what the weight is of
    bool remembered = true;    ///< a difference of means over the last steps, see MomentMatching
    bool paired = true;        ///< PairedTrainer has it, too
};

inline constexpr std::array<MatchingTermInfo, 7> matching_terms{{
    {"image", &LeanRecipe::weight_image, "the matching of mean images"},
    {.name = "depth",
     .weight = &LeanRecipe::weight_depth,
     .meaning = "the matching of cells' mean deviations from their neighbours in depth",
     .paired = false},
    {"profile", &LeanRecipe::weight_profile, "the matching of lateral profiles"},
    {"features", &LeanRecipe::weight_features, "the matching of hits, moments and core shares"},
    {"spectrum", &LeanRecipe::weight_spectrum, "the matching of the spectrum of cells, bin by bin"},
    {"products", &LeanRecipe::weight_products, "the matching of correlations between those"},
    {.name = "scale",
     .weight = &LeanRecipe::weight_scale,
     .meaning = "the square of the log that brings cells to their layer's energy",
     .remembered = false,
     .paired = false},
}};

/// One for each row of `matching_terms`.
template <class Value>
class PerTerm {
public:
    Value& operator[](MatchingTerm term) { return values_[static_cast<std::size_t>(term)]; }
    Value const& operator[](MatchingTerm term) const
    {
        return values_[static_cast<std::size_t>(term)];
    }
    Value& operator[](std::size_t row) { return values_[row]; }
    Value const& operator[](std::size_t row) const { return values_[row]; }

private:
    std::array<Value, matching_terms.size()> values_{};
};

using TermLosses = PerTerm<torch::Tensor>;  ///< undefined: a term that a training does not have

/// The weighted sum of the terms, added to `loss`; their values go to `values`.
torch::Tensor add_terms(torch::Tensor loss, TermLosses const& terms, LeanRecipe const& recipe,
                        PerTerm<double>& values);

/// The memories of the terms that have one.
class TermMatching {
public:
    explicit TermMatching(LeanRecipe const& recipe);
    MomentMatching& operator[](MatchingTerm term)
    {
        return memories_[static_cast<std::size_t>(term)];
    }
    void save(torch::serialize::OutputArchive& archive) const;
    void load(torch::serialize::InputArchive& archive);

private:
    std::vector<MomentMatching> memories_;  ///< [terms]
};

/// Of the numbers of feature_means: what observables are made of, the shower as a whole, must not
/// drown in features of its layers. [2 features]
torch::Tensor feature_weights(ShowerGeometry const& geometry);

/// Adam as adversarial trainings here have it: without momentum.
torch::optim::AdamOptions adversarial_adam(double rate);

}  // namespace lowcal::training
