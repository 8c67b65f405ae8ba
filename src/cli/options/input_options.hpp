#pragma once

#include "workflows/generate/shower_inputs.hpp"

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds --energy, --energies-from and an option for each condition.
void add_input_options(CLI::App& command, workflows::InputOptions& options);

}  // namespace lowcal::cli
