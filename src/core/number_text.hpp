#pragma once

#include <optional>
#include <string>

namespace lowcal {

/// The number that a whole text is in decimal digits, whatever the locale: 0100 is a hundred; 0x10,
/// 1e3 for a whole number, "inf", "nan", blanks and what the type cannot hold are none. For int,
/// std::int64_t, std::uint64_t, float and double.
template <class Number>
std::optional<Number> parse_number(std::string const& text);

}  // namespace lowcal
