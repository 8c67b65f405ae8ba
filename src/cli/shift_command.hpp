#pragma once

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// lowcal shift REFERENCE.onnx --candidate NAME=MODEL.onnx ...: how far other precisions of a
/// network move its showers.
void add_shift_command(CLI::App& app);

}  // namespace lowcal::cli
