#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// `lowcal quantize`: an int8 network from a float32 one.
void add_quantize_command(CLI::App& app);

}  // namespace lowcal::cli
