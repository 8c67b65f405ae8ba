#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace lowcal {
namespace {

/// A character and the bytes it takes; no bytes where they are not UTF-8.
struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 0;
};

/// Length of a sequence by its first byte; 0 for a byte that starts none.
std::size_t sequence_length(unsigned char first)
{
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    if (first >= 0xF0 && first < 0xF5) return 4;
    return 0;
}

/// The first character of a text (Unicode 15, table 3-7: neither overlong forms nor surrogates).
Character first_character(std::string_view text)
{
    auto const first = static_cast<unsigned char>(text.front());
    auto const length = sequence_length(first);
    if (length == 1) return {first, 1};
    if (length == 0 || text.size() < length) return {};
    constexpr std::array<unsigned, 5> payload{0, 0, 0x1F, 0x0F, 0x07};
    constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    std::uint32_t code = first & payload[length];
    for (std::size_t i = 1; i < length; ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0U) != 0x80U) return {};
        code = code << 6U | (byte & 0x3FU);
    }
    bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < smallest[length] || code > 0x10FFFF || surrogate) return {};
    return {code, length};
}

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

/// Controls, and what is invisible or changes the direction of what stands beside it.
constexpr std::array unprintable_ranges{
    Range{0x00, 0x1F},     Range{0x7F, 0x9F},      Range{0xAD, 0xAD},     Range{0x61C, 0x61C},
    Range{0x200B, 0x200F}, Range{0x2028, 0x202E},  Range{0x2060, 0x206F}, Range{0xFEFF, 0xFEFF},
    Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F}};

bool is_unprintable(std::uint32_t code)
{
    return std::any_of(unprintable_ranges.begin(), unprintable_ranges.end(),
                       [&](Range range) { return code >= range.first && code <= range.last; });
}

std::string hexadecimal(char const* format, std::uint32_t value)
{
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), format, static_cast<unsigned>(value));
    return text.data();
}

std::string escaped(std::uint32_t code)
{
    if (code == '\n') return "\\n";
    if (code == '\t') return "\\t";
    if (code == '\r') return "\\r";
    return code < 0x80 ? hexadecimal("\\x%02x", code) : hexadecimal("\\u{%x}", code);
}

template <class Keep>
std::string without_controls(std::string_view text, Keep&& keep)
{
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        auto const [code, bytes] = first_character(text);
        if (bytes == 0)
            result += hexadecimal("\\x%02x", static_cast<unsigned char>(text.front()));
        else if (is_unprintable(code) && !keep(code))
            result += escaped(code);
        else
            result += text.substr(0, bytes);
        text.remove_prefix(std::max<std::size_t>(1, bytes));
    }
    return result;
}

}  // namespace

std::string printable(std::string_view text)
{
    return without_controls(text, [](std::uint32_t) { return false; });
}

std::string printable_lines(std::string_view text)
{
    return without_controls(text, [](std::uint32_t code) { return code == '\n' || code == '\t'; });
}

}  // namespace lowcal
