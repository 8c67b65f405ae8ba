#include "cli/calibration_runner.hpp"

#include "core/error.hpp"
#include "core/random.hpp"
#include "graph/batch_axis.hpp"
#include "graph/element_type.hpp"
#include "runtime/plan.hpp"

#include <algorithm>

namespace lowcal::cli {
namespace {

constexpr std::int64_t wanted_showers = 8;  ///< a block

std::size_t elements(runtime::Plan::Port const& port)
{
    return static_cast<std::size_t>(graph::element_count(port.shape));
}

}  // namespace

void CalibrationRunner::run(graph::Graph const& network, std::vector<std::string> const& values,
                            See const& see) const
{
    auto const batch = graph::showers_at_once(network, wanted_showers).showers;
    auto const block_showers = static_cast<std::size_t>(batch);
    runtime::Plan const plan(network, {.batch = batch, .watched = values});
    runtime::PlanRun run(plan);
    std::vector<std::vector<float>> inputs, outputs;
    std::vector<std::span<float const>> input_data;
    std::vector<std::span<float>> output_data;
    for (auto const& port : plan.inputs()) {
        if (port.name != "latent" && port.name != "energy")
            throw InputError("cannot calibrate a network with input '" + port.name + "'",
                             "a generator has inputs 'latent' and 'energy'");
        if (port.shape.empty() || port.shape.front() != batch)
            throw InputError("cannot calibrate a network with input '" + port.name + "' of shape " +
                                 graph::describe(port.shape),
                             "its first dimension is the number of showers");
        input_data.emplace_back(inputs.emplace_back(elements(port)));
    }
    for (auto const& port : plan.outputs())
        output_data.emplace_back(outputs.emplace_back(elements(port)));

    for (std::size_t first = 0; first + block_showers <= config_.energies.size();
         first += block_showers) {
        for (std::size_t i = 0; i < plan.inputs().size(); ++i) {
            if (plan.inputs()[i].name == "energy") {
                std::copy_n(config_.energies.begin() + static_cast<std::ptrdiff_t>(first),
                            block_showers, inputs[i].begin());
                continue;
            }
            auto const size = inputs[i].size() / block_showers;
            for (std::size_t shower = 0; shower < block_showers; ++shower)
                ItemRandom({.seed = config_.seed, .stream = RandomStream::latent}, first + shower)
                    .normal(std::span(inputs[i]).subspan(shower * size, size));
        }
        run(input_data, output_data);
        // Watched values stand behind the network's own outputs.
        auto const own = network.outputs.size();
        for (std::size_t value = 0; value < values.size(); ++value)
            see(value, outputs[own + value]);
    }
}

}  // namespace lowcal::cli
