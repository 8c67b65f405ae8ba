#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds `lowcal demo`: speed, memory and physics of the shipped networks against the shipped
/// Geant4 showers, as tables and pictures. The work is done while `app` parses; throws InputError
/// then.
void add_demo_command(CLI::App& app);

}  // namespace lowcal::cli
