#pragma once

#include <string>

namespace lowcal::validation {

/// Cuts a text to a number of characters (not bytes: names may be in any language).
std::string shortened(std::string const& text, std::size_t most);

/// "0.123 ± 0.004"; "-" without a value, the value alone without an error.
std::string with_error(double value, double error, int digits);

}  // namespace lowcal::validation
