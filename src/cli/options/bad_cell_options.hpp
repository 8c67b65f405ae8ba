#pragma once

#include "data/reading/cell_check.hpp"

#include <CLI/CLI.hpp>

#include <vector>

namespace lowcal::cli {

/// Adds --skip-bad-showers and --negative-cells, of commands that read the cells of shower files.
/// `usable`: what the command can do with cells below zero.
void add_bad_cell_options(CLI::App& command, bool& skip_bad_showers, data::NegativeCells& negative,
                          std::vector<data::NegativeCells> const& usable = {
                              data::NegativeCells::error, data::NegativeCells::zero,
                              data::NegativeCells::keep});

}  // namespace lowcal::cli
