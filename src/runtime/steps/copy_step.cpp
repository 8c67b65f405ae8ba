#include "runtime/steps/copy_step.hpp"

#include "runtime/kernels/level_kernel.hpp"
#include "runtime/steps/loop_nest.hpp"
#include "runtime/steps/transposition.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace lowcal::runtime {
namespace {

/// `copy_part(source, destination)` does the `inner` innermost loops.
template <class Source, class Destination, class CopyPart>
void copy(LoopNest const& nest, Source const* source, Destination* destination,
          CopyPart const& copy_part, std::size_t inner = 1, std::size_t level = 0)
{
    if (level + inner == LoopNest::most_axes) return copy_part(source, destination);
    auto const count = nest.counts[level];
    auto const from = nest.source_steps[level];
    auto const to = nest.destination_steps[level];
    for (std::int64_t i = 0; i < count; ++i)
        copy(nest, source + i * from, destination + i * to, copy_part, inner, level + 1);
}

/// A run of elements that are apart by steps, each converted.
template <class Source, class Destination, class Convert>
void copy_strided(LoopNest const& nest, Source const* source, Destination* destination,
                  Convert const& convert)
{
    auto const count = nest.counts.back();
    auto const from = nest.source_steps.back();
    auto const to = nest.destination_steps.back();
    for (std::int64_t i = 0; i < count; ++i) destination[i * to] = convert(source[i * from]);
}

/// Bytes that follow one another: short runs as two pieces that overlap, because a call of memcpy
/// costs more than they do.
void copy_bytes(void const* source, void* destination, std::size_t count)
{
    constexpr std::size_t piece = 8;
    if (count < piece || count > 2 * piece) {
        std::memcpy(destination, source, count);
        return;
    }
    std::uint64_t first = 0, last = 0;
    auto const* const from = static_cast<std::byte const*>(source);
    auto* const to = static_cast<std::byte*>(destination);
    std::memcpy(&first, from, piece);
    std::memcpy(&last, from + count - piece, piece);
    std::memcpy(to, &first, piece);
    std::memcpy(to + count - piece, &last, piece);
}

/// Calls `visit(pointer, widen, narrow)` with the memory of a tensor in its own element type and
/// the conversions from and to float32.
template <class Visit>
void with_element(PlanValue const& value, std::byte* memory, Visit&& visit)
{
    switch (value.element) {
        case Element::float32:
            return visit(
                reinterpret_cast<float*>(memory), [](float x) { return x; },
                [](float x) { return x; });
        case Element::bfloat16:
            return visit(
                reinterpret_cast<std::uint16_t*>(memory),
                [](std::uint16_t x) { return to_float(x); },
                [](float x) { return to_bfloat16(x); });
        case Element::uint8:
            return visit(
                reinterpret_cast<std::uint8_t*>(memory),
                [levels = value.levels](std::uint8_t x) { return to_float(x, levels); },
                [levels = value.levels](float x) { return to_level(x, levels); });
    }
}

class BoundCopy : public BoundStep {
public:
    BoundCopy(CopyStep::Config const& config, Workspace const& workspace)
        : config_(config), workspace_(workspace)
    {
        for (auto const& part : config.parts)
            nests_.push_back(
                nest_between(part.source, config.destination, config.axis, part.first));
    }

    void run() override
    {
        auto* const destination = workspace_.data(config_.destination.buffer);
        for (std::size_t i = 0; i < nests_.size(); ++i)
            run_part(nests_[i], config_.parts[i].source, destination);
    }

private:
    CopyStep::Config const& config_;
    Workspace const& workspace_;
    std::vector<LoopNest> nests_;

    void run_part(LoopNest const& nest, PlanValue const& part, std::byte* destination) const
    {
        auto const& whole = config_.destination;
        auto* const source = workspace_.data(part.buffer);
        if (part.element == whole.element && part.levels == whole.levels)
            return move(nest, part, source, destination);
        if (part.element == Element::float32 && whole.element == Element::uint8 &&
            nest.is_contiguous())
            return quantise(nest, source, destination);
        with_element(part, source, [&](auto const* from, auto widen, auto) {
            with_element(whole, destination, [&](auto* to, auto, auto narrow) {
                auto const convert_all = [&](auto const& convert) {
                    copy(nest, from, to + nest.destination_first,
                         [&](auto const* run, auto* result) {
                             copy_strided(nest, run, result, convert);
                         });
                };
                if (whole.element != Element::uint8)
                    return convert_all([&](auto x) { return narrow(widen(x)); });
                convert_all([&](auto x) {
                    float const number = widen(x);
                    if (number != number) workspace_.note_lost_nan();
                    return narrow(number);
                });
            });
        });
    }

    void quantise(LoopNest const& nest, std::byte* source, std::byte* destination) const
    {
        static auto const round = level_kernels.fastest();
        auto const& levels = config_.destination.levels;
        LevelRun run{.count = static_cast<std::size_t>(nest.counts.back()),
                     .scale = levels.scale,
                     .zero_point = static_cast<float>(levels.zero_point)};
        copy(nest, reinterpret_cast<float const*>(source),
             reinterpret_cast<std::uint8_t*>(destination) + nest.destination_first,
             [&](float const* from, std::uint8_t* to) {
                 run.source = from;
                 run.result = to;
                 if (!round(run)) workspace_.note_lost_nan();
             });
    }

    /// The same element type on both sides: bytes move as they are.
    void move(LoopNest const& nest, PlanValue const& part, std::byte* source,
              std::byte* destination) const
    {
        with_element(part, source, [&](auto const* from, auto, auto) {
            with_element(part, destination, [&](auto* to, auto, auto) {
                auto* const first = to + nest.destination_first;
                auto const bytes = static_cast<std::size_t>(nest.counts.back()) * sizeof(*to);
                if (nest.is_contiguous())
                    copy(nest, from, first,
                         [&](auto const* run, auto* result) { copy_bytes(run, result, bytes); });
                else if (nest.transposes())
                    move_grids(nest, from, first);
                else
                    copy(nest, from, first, [&](auto const* run, auto* result) {
                        copy_strided(nest, run, result, [](auto x) {
                            return static_cast<std::remove_pointer_t<decltype(to)>>(x);
                        });
                    });
            });
        });
    }

    template <class Source, class Destination>
    static void move_grids(LoopNest const& nest, Source const* source, Destination* destination)
    {
        if constexpr (std::is_same_v<Source, Destination>) {
            constexpr auto rows = LoopNest::most_axes - 2;
            Transposition const grid{.rows = nest.counts[rows],
                                     .columns = nest.counts.back(),
                                     .source_step = nest.source_steps.back(),
                                     .destination_step = nest.destination_steps[rows]};
            copy(
                nest, source, destination,
                [&](auto const* from, auto* to) { transpose(grid, from, to); }, 2);
        } else {
            assert(false);  // what converts has no grids
        }
    }
};

}  // namespace

float to_float(std::uint16_t bfloat16)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bfloat16) << 16);
}

std::uint16_t to_bfloat16(float value)
{
    auto const bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
    return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

float to_float(std::uint8_t level, Levels const& levels)
{
    return levels.scale * static_cast<float>(level - levels.zero_point);
}

std::uint8_t to_level(float value, Levels const& levels)
{
    float const level =
        std::nearbyint(value / levels.scale) + static_cast<float>(levels.zero_point);
    return level > 0.0F ? static_cast<std::uint8_t>(std::min(level, 255.0F)) : std::uint8_t{0};
}

std::unique_ptr<BoundStep> CopyStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundCopy>(config_, workspace);
}

}  // namespace lowcal::runtime
