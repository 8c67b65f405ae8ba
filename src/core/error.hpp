#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace lowcal {

/// A mistake in what the user gave us: a file, a data set, a network, an option.
///
/// The message reads "problem (why) suggestion" and names file, data set, shower or node. Programs
/// print it and end with exit code 1. Our own mistakes are assertions, never an InputError.
class InputError : public std::runtime_error {
public:
    explicit InputError(std::string const& message) : std::runtime_error(message) {}
    /// "problem (why)", or "problem (why); suggestion" where there is one.
    InputError(std::string_view problem, std::string_view why, std::string_view suggestion = {});
};

/// An option, or an argument of a call, that cannot be with what else was chosen. Programs end with
/// exit code 2, as for other wrong usage.
class UsageError : public InputError {
public:
    /// `option` as it is typed, such as --theta.
    UsageError(std::string const& option, std::string const& problem)
        : InputError(option + ": " + problem)
    {
    }
};

}  // namespace lowcal
