#include "cli/options/nearest_name.hpp"

#include <algorithm>
#include <cstddef>

namespace lowcal::cli {
namespace {

/// Optimal string alignment: Levenshtein's distance with swaps of neighbours.
std::size_t typing_errors(std::string const& one, std::string const& other)
{
    auto const width = other.size() + 1;
    std::vector<std::size_t> errors((one.size() + 1) * width);
    auto const at = [&](std::size_t i, std::size_t j) -> std::size_t& {
        return errors[i * width + j];
    };
    for (std::size_t i = 0; i <= one.size(); ++i) at(i, 0) = i;
    for (std::size_t j = 0; j <= other.size(); ++j) at(0, j) = j;
    for (std::size_t i = 1; i <= one.size(); ++i)
        for (std::size_t j = 1; j <= other.size(); ++j) {
            bool const same = one[i - 1] == other[j - 1];
            at(i, j) =
                std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0U : 1U)});
            bool const swapped =
                i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if (swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
        }
    return errors.back();
}

}  // namespace

std::optional<std::string> nearest_name(std::string const& word,
                                        std::vector<std::string> const& names)
{
    constexpr std::size_t longest_word = 64;  // nobody mistypes a longer one of ours
    if (word.size() > longest_word) return std::nullopt;
    std::optional<std::string> nearest;
    auto fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (auto const& name : names) {
        auto const errors = typing_errors(word, name);
        if (errors >= fewest) continue;
        fewest = errors;
        nearest = name;
    }
    return nearest;
}

}  // namespace lowcal::cli
