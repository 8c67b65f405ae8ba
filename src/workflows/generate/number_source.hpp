#pragma once

#include "core/random.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::workflows {

/// Which numbers a source may give.
enum class NumberKind {
    positive,  ///< energies
    any,       ///< angles, places
    whole      ///< PDG codes
};

/// Why a text is neither "A", "MIN:MAX" nor "A/B/...", or one of its numbers is not of this kind;
/// empty where it is. Whole numbers have no ranges.
std::string problem_with_numbers(std::string const& text, NumberKind kind);

/// A number, or a row of some, for each shower of a production: shower i's is a pure function of i,
/// and of the seed where it is drawn. Threads may share it.
class NumberSource {
public:
    struct Config {
        std::uint64_t seed = 0;
        RandomStream stream = RandomStream::energy;
        std::size_t width = 1;  ///< numbers of a shower
        std::string unit{};     ///< for `identity`
    };
    /// One number for all, numbers drawn uniformly from a range, or those of a list in turn; `text`
    /// is well formed.
    NumberSource(std::string const& text, Config config);
    /// Shower i's are row i of `list`.
    NumberSource(std::vector<float> list, Config config);

    void operator()(std::uint64_t shower, std::span<float> out) const;
    float operator()(std::uint64_t shower) const;  ///< where there is one
    /// Showers that there are numbers for; nothing where for all.
    std::optional<std::uint64_t> limit() const;
    /// Lowest and highest number that may come.
    std::pair<float, float> range() const { return {low_, high_}; }
    /// Equal for sources of equal numbers: "50 GeV", "uniform 2:500 GeV", "list SHA-256".
    std::string identity() const;

private:
    Config config_;
    float low_ = 0;
    float high_ = 0;
    std::vector<float> list_;
    bool in_turn_ = false;  ///< the list begins again at its end
};

}  // namespace lowcal::workflows
