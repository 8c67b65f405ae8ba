#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// `lowcal make`: from files of showers to a validated int8 generator. The work is done while `app`
/// parses; throws InputError then.
void add_make_command(CLI::App& app);

}  // namespace lowcal::cli
