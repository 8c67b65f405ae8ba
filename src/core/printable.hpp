#pragma once

#include <string>
#include <string_view>

namespace lowcal {

/// Text of a file as one line that a terminal shows and does not obey.
///
/// Control characters (C0 with line ends and escape sequences, DEL, C1), bytes that are not UTF-8,
/// and characters that reorder or hide their neighbours become `\n`, `\t`, `\r`, `\xNN` or
/// `\u{NNNN}`; all else stays as it is. Every text that comes from a file passes through here, or
/// through the function below, on its way to standard output or error.
std::string printable(std::string_view text);

/// As above, but line ends and tabulators stay: for texts of several lines.
std::string printable_lines(std::string_view text);

}  // namespace lowcal
