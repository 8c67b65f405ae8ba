#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds `lowcal convert`, which writes the showers of a file in another layout, or some of them.
/// The work is done while `app` parses; throws InputError then.
void add_convert_command(CLI::App& app);

}  // namespace lowcal::cli
