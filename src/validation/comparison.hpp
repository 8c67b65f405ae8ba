#pragma once

#include "physics/shower_table.hpp"
#include "validation/compare/bootstrap.hpp"
#include "validation/compare/distances.hpp"
#include "validation/compare/energy_match.hpp"
#include "validation/compare/layer_correlations.hpp"
#include "validation/compare/sampling_fraction.hpp"
#include "validation/compare/shape_mse.hpp"
#include "validation/judge/equivalent_showers.hpp"
#include "validation/judge/judge.hpp"
#include "validation/verdict/memorisation.hpp"
#include "validation/verdict/verdict.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::validation {

/// Mean profiles of cell energy over primary energy, with the standard errors of the means.
struct ProfileTable {
    physics::Profiles reference;
    physics::Profiles reference_error;
    physics::Profiles candidate;
    physics::Profiles candidate_error;
};

/// A mean over the showers of a sample and its standard error; NaN where there are too few.
struct MeanWithError {
    double value = 0;
    double error = 0;
};

/// Mean number of cells in each bin of the cell-energy spectrum, with standard errors.
struct SpectrumTable {
    std::vector<MeanWithError> reference;
    std::vector<MeanWithError> candidate;
};

/// Means of each layer's numbers over the showers with energy in it: [quantity][layer], as
/// `ObservableSet::layer_quantities`.
struct LayerTable {
    std::vector<MeanWithError> reference;
    std::vector<MeanWithError> candidate;
};

/// The classifier on cells is believed where it finds its controls: this area at least.
inline constexpr double control_area = 0.95;

/// How one candidate compares with the reference. Figures that cannot be computed are NaN.
struct Comparison {
    std::string name;
    std::shared_ptr<physics::ObservableSet const> set;  ///< what all of it is about
    std::size_t reference_count = 0;                    ///< showers
    std::size_t candidate_count = 0;
    EnergyMatch energies = EnergyMatch::same_energies;
    std::size_t reference_dropped = 0;  ///< showers without a partner of their energy
    std::size_t candidate_dropped = 0;
    Verdict verdict;
    Distance frechet;  ///< on the observables, in units of their spreads
    std::vector<ObservableRow> observables;
    SpectrumTable spectrum;
    LayerTable layers;
    LayerCorrelations reference_correlations;
    LayerCorrelations candidate_correlations;
    ShapeMse shape_mse;
    std::vector<SamplingFractionRow> sampling_fraction;  ///< as `reported_bins`
    ProfileTable profiles;
    MeanWithError reference_hits;  ///< cells above zero a shower
    MeanWithError candidate_hits;
    std::optional<Judgement> judgement{};       ///< where the trees judged
    std::vector<EquivalentShowers> worth;       ///< of each observable
    AreaUnderCurve cells_classifier = no_area;  ///< of the trained network that sees cells
    Memorisation memorisation;                  ///< NaN without training showers
    std::vector<std::string> warnings;          ///< one sentence each
};

/// Compares candidates with one reference, whose replicas are made once.
///
/// The reference must outlive the object. Equal seeds and samples give equal figures. Threads may
/// share it.
class Comparator {
public:
    struct Config {
        BootstrapConfig bootstrap{};
        std::size_t floor_splits = 200;  ///< random halves of the reference, for the floor
        TestConfig tests{};              ///< of the verdict
    };
    /// Throws InputError for a reference without showers.
    Comparator(physics::ShowerTable const& reference, Config config);

    /// Showers of other primary energies are matched; what finds no partner is dropped and counted.
    /// Throws InputError where `candidate` has no showers, none finds a partner, or it is of
    /// another detector.
    Comparison operator()(std::string const& name, physics::ShowerTable const& candidate) const;

private:
    Comparison compare(physics::ShowerTable const& reference, physics::ShowerTable const& candidate,
                       EnergyMatch match) const;

    physics::ShowerTable const& reference_;
    Config config_;
    std::vector<physics::Profiles> replicas_;
};

/// Everything that one evaluation found.
struct Evaluation {
    std::string reference_name = "reference";  ///< in tables and pictures, for example "Geant4"
    std::string reference_file;
    std::string command;             ///< what the user typed
    std::uint64_t seed = 0;          ///< of bootstrap, splits and generated candidates
    std::size_t replicas = 0;        ///< of the bootstrap
    double monte_carlo_seconds = 0;  ///< CPU seconds a reference shower; NaN where not recorded
    std::vector<Comparison> comparisons;
    std::optional<JudgeControls> judge_controls{};  ///< where the trees judged
    /// Of the classifier on cells; empty where none was trained.
    std::map<std::string, AreaUnderCurve> cells_controls{};
};

/// Whether the classifier on cells learned enough to be believed: it found every control, or it
/// tells this candidate apart.
bool is_believed(AreaUnderCurve const& candidate,
                 std::map<std::string, AreaUnderCurve> const& controls);

}  // namespace lowcal::validation
