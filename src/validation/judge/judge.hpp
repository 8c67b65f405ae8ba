#pragma once

#include "core/area_under_curve.hpp"
#include "core/detector/energy_bin.hpp"
#include "physics/shower_table.hpp"
#include "validation/judge/cross_validation.hpp"
#include "validation/judge/reference_features.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lowcal::validation {

/// Nothing was judged.
inline constexpr AreaUnderCurve no_area{std::numeric_limits<double>::quiet_NaN(),
                                        std::numeric_limits<double>::quiet_NaN()};

/// Whether an area is above one half by more than chance makes of it: four and a half of its
/// errors, which leave the training out.
bool is_seen(AreaUnderCurve const& area);

/// Showers of each sample under which nothing is judged: five parts of them teach nobody.
inline constexpr std::size_t least_judged = 100;

/// How well trees tell showers apart by one group of features, and what they were made for.
struct GroupArea {
    std::string key;
    std::string name;
    AreaUnderCurve area = no_area;
};

/// The same in one of the reported energy bins, by all features.
struct BinArea {
    EnergyBin bin{};
    std::size_t reference_count = 0;
    std::size_t candidate_count = 0;
    AreaUnderCurve area = no_area;  ///< none where there are too few showers
};

/// How well boosted trees tell a candidate's showers from the reference's, by showers that they
/// were not trained on: 0.5 is not at all.
struct Judgement {
    AreaUnderCurve area = no_area;
    AreaUnderCurve shuffled = no_area;  ///< with labels dealt out anew; error: of the mean
    std::vector<GroupArea> groups{};    ///< by falling area
    std::vector<BinArea> bins{};        ///< as `reported_bins`
    std::size_t reference_count = 0;    ///< showers that were judged
    std::size_t candidate_count = 0;
};

/// A worsening of real showers at several numbers of showers.
struct ControlAreas {
    struct Size {
        std::size_t showers = 0;  ///< of each kind
        AreaUnderCurve area = no_area;
    };
    std::string key;
    std::string name;
    std::vector<Size> sizes;  ///< by rising number

    /// The least number of showers from which on it is seen; none where it is not.
    std::optional<std::size_t> seen_at() const;
};

/// What the judge says of showers of which the truth is known.
struct JudgeControls {
    AreaUnderCurve halves = no_area;  ///< one half of the reference against the other
    std::size_t half_count = 0;       ///< showers of each half
    std::vector<ControlAreas> worsened{};
};

enum class JudgeAnswer {
    told_apart,
    alike,    ///< not told apart, where every control was seen
    too_few,  ///< not told apart, but neither was a control
};
char const* name_of(JudgeAnswer answer);
JudgeAnswer answer_of(Judgement const& judgement, JudgeControls const& controls);

/// Tells candidates from one reference, which must outlive it. Equal seeds and samples give equal
/// figures, whatever the number of threads.
class Judge {
public:
    struct Config {
        std::uint64_t seed = 20211;  ///< of folds and shuffled labels
        int threads = 1;
        std::size_t shuffles = 2;       ///< dealings of labels
        std::size_t least_in_bin = 50;  ///< showers of each sample, for an area of a bin
        TreesConfig trees{};
        /// Trainings that are done, of how many.
        std::function<void(std::size_t, std::size_t)> progress{};
    };
    Judge(ReferenceFeatures const& reference, Config config);

    /// Whether there are enough showers of the reference, whose halves are judged too.
    bool can_judge() const { return reference_.features().count() >= 2 * least_judged; }

    /// Showers to be told apart by their places in their tables: all, or those that have a partner
    /// in energy.
    struct Chosen {
        std::vector<std::uint32_t> reference;
        std::vector<std::uint32_t> candidate;
    };
    /// What to compare, by the observables of both samples, of which the features are of the first
    /// showers. Throws InputError as `match_showers` does.
    Chosen chosen(physics::ShowerTable const& reference, physics::ShowerTable const& candidate,
                  std::size_t candidate_features, std::string const& name) const;

    /// Without areas where a sample has fewer than `least_judged` showers.
    Judgement operator()(physics::FeatureTable const& candidate, Chosen const& showers) const;
    /// Empty unless `can_judge`.
    JudgeControls controls() const;

private:
    /// Out-of-fold scores of each question.
    std::vector<std::vector<float>> ask(std::span<Question const> questions) const;

    ReferenceFeatures const& reference_;
    Config config_;
};

}  // namespace lowcal::validation
