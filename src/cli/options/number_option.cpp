#include "cli/options/number_option.hpp"

#include "core/number_text.hpp"

#include <fmt/format.h>

#include <cstdint>

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

}  // namespace lowcal::cli
