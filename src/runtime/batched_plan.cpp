#include "runtime/batched_plan.hpp"

#include "graph/shapes/batch_axis.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

/// Bytes of intermediate values of one run that a second-level cache still serves well: of 1 MB,
/// runs of 1.25 MB were as fast a shower as shorter ones, of 2.5 MB slower (docs/performance.md).
constexpr std::size_t cached_bytes = 1'250'000;
/// Showers per run where even they do not fit: of such networks longer runs were no faster.
constexpr std::int64_t fewest_showers = 4;
constexpr std::int64_t most_showers = 64;  ///< per run, if no number is asked for
/// Rows that dense layers take together.
constexpr std::int64_t round_number = 8;

}  // namespace

BatchedPlan cached_plan(graph::Graph const& graph, ShowerGenerator::Config const& config)
{
    auto const plan_for = [&](std::int64_t showers) {
        return Plan(
            graph,
            {.batch = showers, .precision = config.precision, .transposed = config.transposed});
    };
    auto const asked = config.batch > 0 ? config.batch : most_showers;
    auto const first = graph::showers_at_once(graph, std::min(asked, fewest_showers));
    auto small = plan_for(first.showers);
    if (!first.reason.empty()) return {std::move(small), first.reason};
    auto const bytes = std::max<std::size_t>(1, small.workspace_bytes());
    auto fitting =
        static_cast<std::int64_t>(cached_bytes) * small.batch() / static_cast<std::int64_t>(bytes);
    if (fitting > round_number) fitting -= fitting % round_number;
    fitting = std::max(fitting, fewest_showers);
    auto const runs = (asked - 1) / fitting + 1;
    auto const showers =
        config.batch > 0 ? (asked - 1) / runs + 1 : std::min(fitting, most_showers);
    if (showers == small.batch()) return {std::move(small), {}};
    auto const all = graph::showers_at_once(graph, showers);
    return {plan_for(all.showers), all.reason};
}

}  // namespace lowcal::runtime
