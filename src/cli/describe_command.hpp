#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// `lowcal describe`: a network that says whose showers it makes.
void add_describe_command(CLI::App& app);

}  // namespace lowcal::cli
