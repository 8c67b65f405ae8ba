#pragma once

#include "cli/options/number_source.hpp"
#include "core/detector/conditions.hpp"
#include "data/showers.hpp"
#include "runtime/shower_generator.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::cli {

/// What a command line says of energies and conditions.
struct InputOptions {
    std::string energy;                         ///< of --energy, or empty
    std::filesystem::path file;                 ///< of --energies-from, or empty
    std::map<std::string, std::string> values;  ///< of --pdg, --theta, ..., by their names
};

/// Adds --energy, --energies-from and an option for each condition.
void add_input_options(CLI::App& command, InputOptions& options);

/// Energies and conditions of a production's showers. Threads may share it.
class ShowerInputs {
public:
    /// Of what the network needs, energies and conditions come from the options, or else from the
    /// file. Throws InputError where one comes from nowhere, ends the program (wrong usage) where
    /// an option is superfluous.
    ShowerInputs(InputOptions const& options, runtime::ShowerGenerator const& generator,
                 std::uint64_t seed);

    /// Energies, PDG codes and other conditions of showers `first` to `first + count`, into a
    /// block's memory.
    void fill(data::ShowerBlock& block, std::uint64_t first, std::size_t count) const;
    /// Showers that there are inputs for; nothing where for all.
    std::optional<std::uint64_t> limit() const;
    /// Of primary energies, GeV.
    std::pair<float, float> energy_range() const { return energies_.range(); }
    std::filesystem::path const& file() const { return file_; }
    /// What of a production's identity lies here.
    std::map<std::string, std::string> identity() const;

private:
    std::filesystem::path file_;
    NumberSource energies_;
    std::map<std::string, NumberSource> conditions_;  ///< by name
};

/// What of a block's showers the generator needs, and nothing else.
Conditions needed_conditions(data::ShowerBlock const& block,
                             runtime::ShowerGenerator const& generator);

}  // namespace lowcal::cli
