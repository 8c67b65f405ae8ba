#include "runtime/copy_step.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <type_traits>

namespace lowcal::runtime {
namespace {

constexpr std::size_t most_axes = 6;

/// A strided loop nest, outermost first, in the order of the destination's memory.
struct LoopNest {
    std::array<std::int64_t, most_axes> counts{};
    std::array<std::int64_t, most_axes> source_steps{};
    std::array<std::int64_t, most_axes> destination_steps{};
    std::int64_t destination_first = 0;
};

LoopNest make_nest(CopyStep::Config const& config, CopyStep::Part const& part)
{
    auto const source = strides(part.source);
    auto const destination = strides(config.destination);
    LoopNest nest;
    nest.counts.fill(1);
    auto const rank = config.destination.order.size();
    assert(rank <= most_axes);
    for (std::size_t i = 0; i < rank; ++i) {
        auto const axis = config.destination.order[i];
        auto const level = most_axes - rank + i;
        nest.counts[level] = part.source.shape[axis];
        nest.source_steps[level] = source[axis];
        nest.destination_steps[level] = destination[axis];
    }
    nest.destination_first = part.first * destination[config.axis];
    return nest;
}

/// Copies with a conversion from element to element.
template <class Source, class Destination, class Convert>
void copy(LoopNest const& nest, Source const* source, Destination* destination,
          Convert const& convert, std::size_t level = 0)
{
    auto const count = nest.counts[level];
    auto const from = nest.source_steps[level];
    auto const to = nest.destination_steps[level];
    if (level + 1 == most_axes) {
        for (std::int64_t i = 0; i < count; ++i) destination[i * to] = convert(source[i * from]);
        return;
    }
    for (std::int64_t i = 0; i < count; ++i)
        copy(nest, source + i * from, destination + i * to, convert, level + 1);
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
        for (auto const& part : config.parts) nests_.push_back(make_nest(config, part));
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
        with_element(part, source, [&](auto const* from, auto widen, auto) {
            with_element(whole, destination, [&](auto* to, auto, auto narrow) {
                copy(nest, from, to + nest.destination_first,
                     [&](auto x) { return narrow(widen(x)); });
            });
        });
    }

    /// The same element type on both sides: bytes move as they are.
    void move(LoopNest const& nest, PlanValue const& part, std::byte* source,
              std::byte* destination) const
    {
        with_element(part, source, [&](auto const* from, auto, auto) {
            with_element(part, destination, [&](auto* to, auto, auto) {
                copy(nest, from, to + nest.destination_first,
                     [](auto x) { return static_cast<std::remove_pointer_t<decltype(to)>>(x); });
            });
        });
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
    return static_cast<std::uint8_t>(std::clamp(level, 0.0F, 255.0F));
}

std::unique_ptr<BoundStep> CopyStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundCopy>(config_, workspace);
}

}  // namespace lowcal::runtime
