#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lowcal {

/// What is known of showers beside their primary energies, and what a network may need to know. A
/// view; empty where a condition is not known.
struct Conditions {
    std::span<float const> pdg{};    ///< [count], PDG code of the primary; 0: unknown
    std::span<float const> theta{};  ///< [count], of the primary's direction, rad
    std::span<float const> phi{};    ///< [count], of the primary's direction, rad
    /// [count][2], where the primary entered: mm from the centre of the central cell (of the axis,
    /// in a cylinder), along the two axes beside depth.
    std::span<float const> entry{};
};

/// A condition's name as an input of networks and an option, and its numbers.
struct ConditionInfo {
    std::string_view name;
    std::span<float const> Conditions::*values;
    std::size_t width;  ///< numbers of one shower
    std::string_view unit;
};

inline constexpr std::array<ConditionInfo, 4> condition_infos{
    {{"pdg", &Conditions::pdg, 1, "PDG code"},
     {"theta", &Conditions::theta, 1, "rad"},
     {"phi", &Conditions::phi, 1, "rad"},
     {"entry", &Conditions::entry, 2, "mm"}}};

/// Of conditions that networks were trained with, by name: the least and the largest.
using ConditionRanges = std::map<std::string, std::pair<double, double>, std::less<>>;

/// The condition of that name; none where there is none.
constexpr ConditionInfo const* find_condition(std::string_view name)
{
    for (auto const& info : condition_infos)
        if (info.name == name) return &info;
    return nullptr;
}

}  // namespace lowcal
