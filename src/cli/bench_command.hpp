#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds `lowcal bench`, which measures speed and memory of networks. The work is done while `app`
/// parses; throws InputError then.
void add_bench_command(CLI::App& app);

}  // namespace lowcal::cli
