#pragma once

#include "core/processes/worker_pool.hpp"

#include <CLI/CLI.hpp>

#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace lowcal::cli {

/// The values that an option of numbers takes, both ends included.
template <class Number>
struct NumberRange {
    Number least = std::numeric_limits<Number>::lowest();
    Number most = std::numeric_limits<Number>::max();
};

/// All numbers above zero.
template <class Number>
inline constexpr NumberRange<Number> above_zero{
    .least = std::is_integral_v<Number> ? Number{1} : std::numeric_limits<Number>::min()};

/// Checks an option's text by parse_number and its range, and hands it on without leading zeros.
template <class Number>
CLI::Validator number_check(NumberRange<Number> range);

/// Adds an option that takes a number of `range`, or a list of them. Every number on our command
/// lines goes through here: CLI11's own reading takes -1 for 2^64 - 1, 010 for eight, and nan.
template <class Value>
CLI::Option* add_number(CLI::App& command, std::string const& name, Value& value,
                        std::string const& description,
                        NumberRange<std::type_identity_t<Value>> range = {})
{
    return command.add_option(name, value, description)
        ->transform(number_check(range))
        ->type_name("NUMBER");
}

/// The same for a list, its numbers apart by commas.
template <class Number>
CLI::Option* add_numbers(CLI::App& command, std::string const& name, std::vector<Number>& values,
                         std::string const& description,
                         NumberRange<std::type_identity_t<Number>> range = {})
{
    return command.add_option(name, values, description)
        ->delimiter(',')
        ->transform(number_check(range))
        ->type_name("NUMBER,...");
}

/// Most threads and most showers at once that a command line can ask for.
inline constexpr int most_threads = WorkerPool::most_threads;
inline constexpr int most_batch = 1024;

/// Adds --threads; 0 stands for all that there are.
CLI::Option* add_threads(CLI::App& command, int& threads, std::string const& description);

}  // namespace lowcal::cli
