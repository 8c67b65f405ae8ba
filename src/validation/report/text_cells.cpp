#include "validation/report/text_cells.hpp"

#include <fmt/format.h>

#include <cmath>

namespace lowcal::validation {

std::string shortened(std::string const& text, std::size_t most)
{
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const starts = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
        if (starts && ++characters > most) return text.substr(0, i);
    }
    return text;
}

std::string with_error(double value, double error, int digits)
{
    if (!std::isfinite(value)) return "-";
    if (!std::isfinite(error)) return fmt::format("{:.{}f}", value, digits);
    return fmt::format("{:.{}f} ± {:.{}f}", value, digits, error, digits);
}

}  // namespace lowcal::validation
