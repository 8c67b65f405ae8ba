#pragma once

#include "core/detector/conditions.hpp"
#include "data/showers.hpp"
#include "runtime/shower_ensemble.hpp"
#include "workflows/generate/number_source.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::workflows {

/// What is said of energies and conditions: texts that are well formed (`problem_with_numbers`).
struct InputOptions {
    std::string energy;                         ///< of --energy, or empty
    std::filesystem::path file;                 ///< of --energies-from, or empty
    std::map<std::string, std::string> values;  ///< of --pdg, --theta, ..., by their names
};

/// Where the numbers of a condition come from, and what its option takes.
struct ConditionOption {
    char const* name;  ///< of the option, without dashes
    RandomStream stream;
    NumberKind kind;
    char const* description;
};
/// One for each condition, in the order in which they are shown.
std::span<ConditionOption const> condition_options();

/// Energies and conditions of a production's showers. Threads may share it.
class ShowerInputs {
public:
    /// Of what the networks need, energies and conditions come from the options, or else from the
    /// file. Throws InputError where one comes from nowhere, UsageError where an option is
    /// superfluous.
    ShowerInputs(InputOptions const& options, runtime::ShowerEnsemble const& networks,
                 std::uint64_t seed);

    /// Energies, PDG codes and other conditions of showers `first` to `first + count`, into a
    /// block's memory.
    void fill(data::ShowerBlock& block, std::uint64_t first, std::size_t count) const;
    /// Showers that there are inputs for; nothing where for all.
    std::optional<std::uint64_t> limit() const;
    /// Of primary energies, GeV.
    std::pair<float, float> energy_range() const { return energies_.range(); }
    /// Of a condition; none where nothing needs it.
    std::optional<std::pair<float, float>> range_of(std::string const& condition) const;
    std::filesystem::path const& file() const { return file_; }
    /// What of a production's identity lies here.
    std::map<std::string, std::string> identity() const;

private:
    std::filesystem::path file_;
    NumberSource energies_;
    std::map<std::string, NumberSource> conditions_;  ///< by name
};

/// What of a block's showers a network needs (ShowerGenerator::needed_conditions), nothing else.
Conditions needed_conditions(data::ShowerBlock const& block, std::vector<std::string> const& names);

}  // namespace lowcal::workflows
