#pragma once

#include "cli/evaluate_options.hpp"
#include "validation/comparison.hpp"

#include <CLI/CLI.hpp>

#include <stdexcept>

namespace lowcal::cli {

/// Thrown where a candidate's verdict is what --fail-on names, after everything was written: exit
/// code 3.
class VerdictFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Compares, prints the tables, writes what was asked for and returns what was found. Throws
/// InputError and VerdictFailure.
validation::Evaluation run_evaluation(EvaluateOptions const& options);

/// Adds `lowcal evaluate`, which compares showers or networks with reference showers: tables on
/// standard output, and with --out tables, results.json and pictures in a folder. The work is done
/// while `app` parses; throws InputError then.
void add_evaluate_command(CLI::App& app);

}  // namespace lowcal::cli
