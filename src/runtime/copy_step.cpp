#include "runtime/copy_step.hpp"

#include <array>
#include <bit>
#include <cassert>

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

template <class Source, class Destination>
Destination convert(Source value)
{
    if constexpr (std::is_same_v<Source, Destination>)
        return value;
    else if constexpr (std::is_same_v<Source, float>)
        return to_bfloat16(value);
    else
        return to_float(value);
}

template <class Source, class Destination>
void copy(LoopNest const& nest, Source const* source, Destination* destination,
          std::size_t level = 0)
{
    auto const count = nest.counts[level];
    auto const from = nest.source_steps[level];
    auto const to = nest.destination_steps[level];
    if (level + 1 == most_axes) {
        for (std::int64_t i = 0; i < count; ++i)
            destination[i * to] = convert<Source, Destination>(source[i * from]);
        return;
    }
    for (std::int64_t i = 0; i < count; ++i)
        copy(nest, source + i * from, destination + i * to, level + 1);
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
        for (std::size_t i = 0; i < nests_.size(); ++i) {
            auto const& source = config_.parts[i].source;
            if (source.element == Element::float32)
                run_from(nests_[i], reinterpret_cast<float const*>(workspace_.data(source.buffer)),
                         destination);
            else
                run_from(nests_[i],
                         reinterpret_cast<std::uint16_t const*>(workspace_.data(source.buffer)),
                         destination);
        }
    }

private:
    CopyStep::Config const& config_;
    Workspace const& workspace_;
    std::vector<LoopNest> nests_;

    template <class Source>
    void run_from(LoopNest const& nest, Source const* source, std::byte* destination) const
    {
        if (config_.destination.element == Element::float32)
            copy(nest, source, reinterpret_cast<float*>(destination) + nest.destination_first);
        else
            copy(nest, source,
                 reinterpret_cast<std::uint16_t*>(destination) + nest.destination_first);
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

std::unique_ptr<BoundStep> CopyStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundCopy>(config_, workspace);
}

}  // namespace lowcal::runtime
