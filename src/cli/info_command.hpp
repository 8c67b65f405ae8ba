#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds `lowcal info`, which says what a shower file or a network is. The work is done while `app`
/// parses; throws InputError then.
void add_info_command(CLI::App& app);

}  // namespace lowcal::cli
