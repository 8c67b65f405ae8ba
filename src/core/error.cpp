#include "core/error.hpp"

namespace lowcal {
namespace {

std::string sentence(std::string_view problem, std::string_view why, std::string_view suggestion)
{
    std::string text{problem};
    if (!why.empty()) text.append(" (").append(why).append(")");
    if (!suggestion.empty()) text.append("; ").append(suggestion);
    return text;
}

}  // namespace

InputError::InputError(std::string_view problem, std::string_view why, std::string_view suggestion)
    : std::runtime_error(sentence(problem, why, suggestion))
{
}

}  // namespace lowcal
