#pragma once

#include "data/reading/shower_reader.hpp"
#include "physics/shower_table.hpp"
#include "workflows/generate/generate_candidate.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// What an evaluation keeps of a sample that streamed through.
struct EvaluatedSample {
    explicit EvaluatedSample(Detector const& complete) : observables(complete), detector(complete)
    {
    }
    physics::ShowerTable observables;
    Detector detector;                  ///< by which they are observed, complete
    data::ShowerBlock inputs;           ///< energies and conditions of all showers
    data::ShowerBlock example;          ///< the shower nearest to a wanted energy; one, or none
    data::ShowerBlock mean;             ///< the mean shower, at the mean energy; one, or none
    std::vector<std::string> warnings;  ///< of the reader, one sentence each
};

/// A shower file to be observed.
struct SampleFile {
    std::filesystem::path path;
    /// By which its showers are observed where the cells are those of the file; else, and for what
    /// it does not know, the file's own, completed from its showers.
    std::optional<Detector> detector{};
    data::BadShowers bad_showers = data::BadShowers::error;
    data::NegativeCells negative_cells = data::NegativeCells::error;
    std::size_t first = 0;  ///< of the showers that are observed, bad ones not counted,
    std::size_t every = 1;  ///< and from there every so many
    /// Not more than these, spread evenly, in place of `first` and `every`; 0: as these say.
    std::size_t most = 0;
};

/// Called with each block of showers that streams through, and its sample so far.
using AlsoObserve = std::function<void(EvaluatedSample const&, data::ShowerBlock const&)>;

/// Observes a file of showers of any size, or the showers that a network makes for `inputs`.
/// `example_energy` in GeV. Shows progress. Throws InputError as ShowerReader and
/// generate_candidate do.
EvaluatedSample observe_file(SampleFile const& file, float example_energy,
                             AlsoObserve const& also = {});
EvaluatedSample observe_model(CandidateModel const& model, data::ShowerBlock const& inputs,
                              float example_energy, AlsoObserve const& also = {});

}  // namespace lowcal::workflows
