#include "quantisation/plan/int8_rewrite.hpp"

namespace lowcal::quantisation {

Statistics calibrate(graph::Graph const& canonical, Int8Plan const& plan,
                     NetworkRunner const& runner)
{
    std::vector<std::string> names;
    for (auto const& group : plan.groups) names.insert(names.end(), group.begin(), group.end());
    Statistics statistics;
    runner.run(canonical, names, [&](std::size_t value, std::span<float const> numbers) {
        statistics[names[value]].observe(names[value], numbers);
    });
    return statistics;
}

}  // namespace lowcal::quantisation
