#pragma once

#include "core/detector.hpp"
#include "data/layouts/layout.hpp"

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

/// Adds an option that takes the name of a layout.
CLI::Option* add_layout(CLI::App& command, std::string const& name,
                        std::optional<data::Layout>& layout, std::string const& description);

}  // namespace lowcal::cli
