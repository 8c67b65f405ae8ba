#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds `lowcal merge`, which joins the shards of one production into one file. The work is done
/// while `app` parses; throws InputError then.
void add_merge_command(CLI::App& app);

}  // namespace lowcal::cli
