#include "cli/options/number_option.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <thread>

namespace lowcal::cli {
namespace {

template <class Number>
std::string range_text(NumberRange<Number> range)
{
    using Limits = std::numeric_limits<Number>;
    std::string const kind = std::is_integral_v<Number> ? "a whole number" : "a number";
    if constexpr (!std::is_integral_v<Number>) {
        if (range.least == Limits::lowest() && range.most == Limits::max()) return kind;
        if (range.least == Limits::min() && range.most == Limits::max()) return kind + " above 0";
        if (range.most == Limits::max()) return fmt::format("{} of at least {}", kind, range.least);
    }
    return fmt::format("{} from {} to {}", kind, range.least, range.most);
}

}  // namespace

template <class Number>
std::optional<Number> parse_number(std::string const& text)
{
    Number number{};
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    if constexpr (!std::is_integral_v<Number>)
        if (!std::isfinite(number)) return std::nullopt;
    return number;
}

template <class Number>
CLI::Validator number_check(NumberRange<Number> range)
{
    auto const check = [range](std::string& text) -> std::string {
        auto const number = parse_number<Number>(text);
        if (!number || *number < range.least || *number > range.most)
            return fmt::format("'{}' is not {}", text, range_text(range));
        if constexpr (std::is_integral_v<Number>) text = std::to_string(*number);
        return {};
    };
    return {check, ""};
}

template std::optional<int> parse_number(std::string const&);
template std::optional<std::int64_t> parse_number(std::string const&);
template std::optional<std::uint64_t> parse_number(std::string const&);
template std::optional<float> parse_number(std::string const&);
template std::optional<double> parse_number(std::string const&);
template CLI::Validator number_check(NumberRange<int>);
template CLI::Validator number_check(NumberRange<std::int64_t>);
template CLI::Validator number_check(NumberRange<std::uint64_t>);
template CLI::Validator number_check(NumberRange<float>);
template CLI::Validator number_check(NumberRange<double>);

CLI::Option* add_threads(CLI::App& command, int& threads, std::string const& description)
{
    return add_number(command, "--threads", threads, description,
                      {.least = 0, .most = most_threads})
        ->capture_default_str();
}

int thread_count(int asked)
{
    return asked > 0 ? asked : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void wrong_usage(std::string const& option, std::string const& problem)
{
    throw CLI::ValidationError(option, problem);
}

}  // namespace lowcal::cli
