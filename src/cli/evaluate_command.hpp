#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace lowcal::cli {

/// What `lowcal evaluate` is asked for.
struct EvaluateOptions {
    std::filesystem::path reference;
    std::string reference_name = "reference";
    std::vector<std::string> candidates;
    std::filesystem::path folder;
    std::filesystem::path json;
    std::uint64_t seed = 20211;
    int threads = 0;
    float picture_energy = 100.0F;
    bool skip_bad_showers = false;
    std::filesystem::path training;  ///< showers that candidates were trained on, or empty
    bool classifiers = false;
    std::string control;  ///< NAME=FILE_OR_MODEL, or empty
    std::string fail_on;  ///< "different" or empty
};

/// Thrown where a candidate's verdict is what --fail-on names, after everything was written: exit
/// code 3.
class VerdictFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Compares, prints the tables and writes what was asked for. Throws InputError and VerdictFailure.
void run_evaluation(EvaluateOptions const& options);

/// Adds `lowcal evaluate`, which compares showers or networks with reference showers: tables on
/// standard output, and with --out tables, results.json and pictures in a folder. The work is done
/// while `app` parses; throws InputError then.
void add_evaluate_command(CLI::App& app);

}  // namespace lowcal::cli
