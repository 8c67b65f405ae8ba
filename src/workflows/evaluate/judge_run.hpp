#pragma once

#include "validation/comparison.hpp"
#include "workflows/evaluate/evaluate_options.hpp"
#include "workflows/evaluate/evaluated_sample.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::workflows {

/// Gathers features while samples stream through, and judges by them. Does nothing where the
/// options ask neither for the judge nor for its features.
class JudgeRun {
public:
    explicit JudgeRun(EvaluateOptions const& options);

    /// To be handed to `observe_file` for the reference, once, before any candidate.
    AlsoObserve reference();
    /// The same for the next candidate. Its showers are left out where they do not fit the
    /// reference's detector.
    AlsoObserve candidate(std::string const& name);

    /// Adds what the judge found to the comparison of the candidate that was gathered last. Shows
    /// progress on standard error.
    void judge(EvaluatedSample const& reference, EvaluatedSample const& candidate,
               validation::Comparison& comparison) const;
    std::optional<validation::JudgeControls> controls() const;

    /// Writes the features of all samples as CSV, where the options ask for them: the sample's name
    /// and a column for each feature; nothing between two commas is not there.
    void write_features() const;

private:
    EvaluateOptions const& options_;
    std::optional<validation::ReferenceFeatures> reference_;
    std::vector<std::pair<std::string, physics::FeatureTable>> candidates_;

    bool is_wanted() const { return options_.judge || !options_.features.empty(); }
    validation::Judge::Config config(std::string const& label) const;
    void add_reference(EvaluatedSample const& sample, data::ShowerBlock const& block);
};

}  // namespace lowcal::workflows
