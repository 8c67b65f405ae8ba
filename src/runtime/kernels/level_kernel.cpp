#include "runtime/kernels/level_kernel.hpp"

#include "core/kernels/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

/// Whatever is further away than this is 0 or 255 with any zero point.
constexpr float furthest = 512.0F;

Integers levels_of(Floats x, LevelRun const& run)
{
    auto steps = x / run.scale;
    steps = steps > -furthest ? steps : all(-furthest);  // of NaN the lowest level
    steps = steps < furthest ? steps : all(furthest);
    auto level = rounded(steps) + run.zero_point;
    level = level < 0.0F ? Floats{} : level;
    level = level < 255.0F ? level : all(255.0F);
    return to_integers(level);
}

}  // namespace

bool round_to_levels(LevelRun const& run)
{
    std::size_t done = 0;
    Integers unordered{};
    for (; done + lanes <= run.count; done += lanes) {
        auto const x = load(run.source + done);
        unordered |= x != x;
        store_bytes(run.result + done, levels_of(x, run));
    }
    float rest[lanes] = {};
    for (std::size_t i = 0; done + i < run.count; ++i) rest[i] = run.source[done + i];
    auto const x = load(rest);
    unordered |= x != x;
    auto const levels = levels_of(x, run);
    for (std::size_t i = 0; done + i < run.count; ++i)
        run.result[done + i] = static_cast<std::uint8_t>(levels[i]);
    std::int32_t any = 0;
    for (std::size_t i = 0; i < lanes; ++i) any |= unordered[i];
    return any == 0;
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
