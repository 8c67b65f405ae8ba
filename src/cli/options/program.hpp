#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <stdexcept>

namespace lowcal::cli {

/// This program, for children of it.
inline constexpr char const* own_program = "/proc/self/exe";

/// Thrown where a candidate's verdict is what --fail-on names, after everything was written: exit
/// code 3.
class VerdictFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Runs `body`, which parses the command line of `app` and does the work, and returns the program's
/// exit code: 0 done; 1 failed, also where standard output did not take what was printed (a full
/// disk; a reader that went away is no news); 2 wrong usage, with the nearest name of a mistyped
/// command or option; 3 a VerdictFailure. What went wrong is said on standard error.
///
/// Standard streams that were closed are opened first, so that no file of ours can get their
/// numbers and what is printed.
int run_program(CLI::App& app, std::function<void()> const& body);

/// `app.parse`; throws CLI::ValidationError where an argument is empty, as that of a variable of
/// the shell that is not set: no option and no file has such a name.
void parse(CLI::App& app, int argc, char const* const* argv);

}  // namespace lowcal::cli
