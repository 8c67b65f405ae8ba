#pragma once

#include <cstdint>

namespace lowcal::training {

/// Mixes seed and step so that neighbouring steps share nothing (SplitMix64).
inline std::uint64_t step_seed(std::uint64_t seed, std::int64_t step)
{
    auto mixed = seed * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(step) + 1U;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

}  // namespace lowcal::training
