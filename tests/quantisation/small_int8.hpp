#pragma once

#include "core/detector/known_detectors.hpp"
#include "graph/reference/reference.hpp"
#include "quantisation/network_runner.hpp"
#include "runtime/compare.hpp"
#include "runtime/plan.hpp"
#include "runtime/small_networks.hpp"

#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace lowcal::test {

inline constexpr std::int64_t calibration_showers = 16;

/// Latents and energies of 2 to 497 GeV for test::small_generator().
inline std::map<std::string, graph::Tensor> calibration_inputs()
{
    graph::Tensor latent{.shape = {calibration_showers, 6},
                         .floats = pseudo_random(6 * calibration_showers)};
    graph::Tensor energy{.shape = {calibration_showers, 1}, .floats = {}};
    for (std::int64_t i = 0; i < calibration_showers; ++i)
        energy.floats.push_back(2.0F + 33.0F * static_cast<float>(i));
    return {{"latent", latent}, {"energy", energy}};
}

/// The slow reference run as the quantiser's means to run a network.
class ReferenceRunner : public quantisation::NetworkRunner {
public:
    explicit ReferenceRunner(std::map<std::string, graph::Tensor> inputs = calibration_inputs())
        : inputs_(std::move(inputs))
    {
    }
    void run(graph::Graph const& network, std::vector<std::string> const& values,
             See const& see) const override
    {
        auto const all = graph::run_reference(network, inputs_, {.keep = graph::Keep::all_values});
        for (std::size_t i = 0; i < values.size(); ++i) see(i, all.at(values[i]).floats);
    }

private:
    std::map<std::string, graph::Tensor> inputs_;
};

/// The cells that the runtime makes of these inputs.
inline std::vector<float> run_plan(graph::Graph const& network,
                                   std::map<std::string, graph::Tensor> const& inputs)
{
    auto const count = inputs.at("energy").shape[0];
    runtime::Plan const plan(network, {.batch = count});
    std::vector<float> cells(static_cast<std::size_t>(count) * clic_detector().cells());
    std::span<float const> const data[] = {inputs.at("latent").floats, inputs.at("energy").floats};
    std::span<float> const output = cells;
    runtime::PlanRun run(plan);
    run(data, {&output, 1});
    return cells;
}

inline std::vector<float> cells_of(graph::Graph const& network)
{
    return graph::run_reference(network, calibration_inputs()).at("shower").floats;
}

/// Root mean square difference over the root mean square.
inline double relative_noise(std::vector<float> const& exact, std::vector<float> const& rounded)
{
    double noise = 0, size = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        noise += std::pow(static_cast<double>(rounded[i]) - static_cast<double>(exact[i]), 2);
        size += std::pow(static_cast<double>(exact[i]), 2);
    }
    return std::sqrt(noise / size);
}

}  // namespace lowcal::test
