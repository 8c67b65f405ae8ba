#include "graph/shapes/picked_axes.hpp"
#include "runtime/rows/row_steps.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace lowcal::runtime {
namespace {

/// Copies runs of `block` numbers; of the usual lengths without a call.
template <class Number>
void copy_run(Number const* source, std::size_t block, Number* result)
{
    auto const bytes = block * sizeof(Number);
    auto const copied = [&]<std::size_t size>(std::integral_constant<std::size_t, size>) {
        if (bytes != size) return false;
        std::memcpy(result, source, size);
        return true;
    };
    if (copied(std::integral_constant<std::size_t, 8>{}) ||
        copied(std::integral_constant<std::size_t, 16>{}) ||
        copied(std::integral_constant<std::size_t, 32>{}) ||
        copied(std::integral_constant<std::size_t, 64>{}))
        return;
    std::copy_n(source, block, result);
}

template <class Number>
class BoundPick : public BoundStep {
public:
    BoundPick(PickStep::Config const& config, Number outside, Workspace const& workspace)
        : config_(config),
          outside_(outside),
          workspace_(workspace),
          steps_(config.axes.size(), 1),
          sizes_(config.axes.size(), 1),
          levels_(config.axes.size())
    {
        auto const& order = config.source.order;
        auto const extent = [&](std::size_t level) { return config.source.shape[order[level]]; };
        for (std::size_t level = steps_.size(); level-- > 1;) {
            steps_[level - 1] = steps_[level] * extent(level);
            sizes_[level - 1] = sizes_[level] * config.axes[level].size();
        }
        for (; levels_ > 0 && is_whole(config.axes[levels_ - 1], extent(levels_ - 1)); --levels_)
            block_ *= config.axes[levels_ - 1].size();
    }
    void run() override
    {
        auto* result = reinterpret_cast<Number*>(workspace_.data(config_.result.buffer));
        pick(0, reinterpret_cast<Number const*>(workspace_.data(config_.source.buffer)), result);
    }

private:
    PickStep::Config const& config_;
    Number outside_;
    Workspace const& workspace_;
    std::vector<std::int64_t> steps_;  ///< between neighbours of the source, by level
    std::vector<std::size_t> sizes_;   ///< of the result for one place, by level
    std::size_t levels_;               ///< those behind are taken whole
    std::size_t block_ = 1;            ///< numbers of these

    static bool is_whole(std::vector<std::int64_t> const& places, std::int64_t extent)
    {
        if (static_cast<std::int64_t>(places.size()) != extent) return false;
        for (std::size_t i = 0; i < places.size(); ++i)
            if (places[i] != static_cast<std::int64_t>(i)) return false;
        return true;
    }

    /// `source` is null where an outer axis picks nothing.
    void pick(std::size_t level, Number const* source, Number*& result) const
    {
        if (level == levels_) {
            if (source == nullptr)
                std::fill_n(result, block_, outside_);
            else
                copy_run(source, block_, result);
            result += block_;
            return;
        }
        auto const& places = config_.axes[level];
        if (level + 1 == levels_ && block_ == 1 && source != nullptr) {
            for (auto const place : places)
                *result++ =
                    place == graph::outside_picked ? outside_ : source[place * steps_[level]];
            return;
        }
        for (std::size_t i = 0; i < places.size(); ++i) {
            bool const again = i > 0 && places[i] == places[i - 1] && sizes_[level] > block_;
            if (again) {  // what has just been made
                result = std::copy_n(result - sizes_[level], sizes_[level], result);
                continue;
            }
            bool const nothing = source == nullptr || places[i] == graph::outside_picked;
            pick(level + 1, nothing ? nullptr : source + places[i] * steps_[level], result);
        }
    }
};

}  // namespace

std::unique_ptr<BoundStep> PickStep::bind(Workspace const& workspace) const
{
    if (config_.source.element == Element::uint8)
        return std::make_unique<BoundPick<std::uint8_t>>(
            config_, static_cast<std::uint8_t>(config_.source.levels.zero_point), workspace);
    return std::make_unique<BoundPick<float>>(config_, config_.outside, workspace);
}

}  // namespace lowcal::runtime
