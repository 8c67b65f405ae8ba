#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds `lowcal generate`, which makes showers with a network and streams them to HDF5. The work is
/// done while `app` parses; throws InputError then.
void add_generate_command(CLI::App& app);

}  // namespace lowcal::cli
