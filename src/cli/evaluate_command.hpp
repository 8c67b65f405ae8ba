#pragma once

#include "cli/options/program.hpp"

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds `lowcal evaluate`, which compares showers or networks with reference showers: tables on
/// standard output, and with --out tables, results.json and pictures in a folder. The work is done
/// while `app` parses; throws InputError then.
void add_evaluate_command(CLI::App& app);

}  // namespace lowcal::cli
