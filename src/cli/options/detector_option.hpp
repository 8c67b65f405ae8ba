#pragma once

#include "core/detector/detector.hpp"
#include "data/layouts/layout.hpp"
#include "graph/ports/house_form.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace lowcal::cli {

/// Adds --detector FILE.json.
CLI::Option* add_detector_option(CLI::App& command, std::filesystem::path& file,
                                 std::string const& description);
/// The detector of that file; none where none was given. Throws InputError.
std::optional<Detector> read_detector_option(std::filesystem::path const& file);

/// Adds --ports FILE.json, of networks that do not say what their inputs are.
CLI::Option* add_ports_option(CLI::App& command, std::filesystem::path& file);
/// What these two files say of a network; either may be empty. Throws InputError.
graph::NetworkNotes read_network_notes(std::filesystem::path const& ports,
                                       std::filesystem::path const& detector = {});

/// Adds --pdg: the code of all primaries; 0 stays where it is not given.
CLI::Option* add_pdg_option(CLI::App& command, int& code, std::string const& description);

/// Adds an option that takes the name of a layout.
CLI::Option* add_layout(CLI::App& command, std::string const& name,
                        std::optional<data::Layout>& layout, std::string const& description);

}  // namespace lowcal::cli
