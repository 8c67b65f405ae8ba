#pragma once

#include <string>
#include <vector>

namespace lowcal {

/// What becomes of what a program says on standard error.
enum class ChildErrors {
    shown,     ///< goes where ours goes
    collected  ///< is handed back
};

/// A program to run and what it is given.
struct Child {
    std::vector<std::string> arguments{};  ///< [0] is the program: a path, or a name in the PATH
    std::string input{};                   ///< its standard input
    ChildErrors errors = ChildErrors::shown;
};

/// How a program ended.
struct ChildEnd {
    bool found = true;       ///< false: there is no such program, and nothing ran
    int exit_code = 0;       ///< -1 where a signal ended it
    std::string output{};    ///< all of its standard output
    std::string messages{};  ///< of its standard error, where that is collected
};

/// Runs a program to its end. No shell reads a word of it, and a program that leaves its input
/// unread does not end ours by a signal. Throws InputError where it cannot be started for another
/// reason than that it is not there. Threads may run programs at a time.
ChildEnd run_child(Child const& child);

}  // namespace lowcal
