#include "core/number_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>
#include <type_traits>

namespace lowcal {

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

template std::optional<int> parse_number(std::string const&);
template std::optional<std::int64_t> parse_number(std::string const&);
template std::optional<std::uint64_t> parse_number(std::string const&);
template std::optional<float> parse_number(std::string const&);
template std::optional<double> parse_number(std::string const&);

}  // namespace lowcal
