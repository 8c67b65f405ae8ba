#include "workflows/precision/calibration_runner.hpp"

#include "core/error.hpp"
#include "core/random.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/ports.hpp"
#include "graph/shapes/batch_axis.hpp"
#include "runtime/plan.hpp"

#include <algorithm>

namespace lowcal::workflows {
namespace {

constexpr std::int64_t wanted_showers = 8;  ///< a block

std::size_t elements(runtime::Plan::Port const& port)
{
    return static_cast<std::size_t>(graph::element_count(port.shape));
}

}  // namespace

/// Throws InputError where the port is none that we have numbers for.
void CalibrationRunner::require_known(runtime::Plan::Port const& port, std::int64_t batch) const
{
    auto const problem = "cannot calibrate a network with input '" + port.name + "'";
    auto const* const condition = find_condition(port.name);
    if (port.name != graph::latent_port && port.name != graph::uniform_port &&
        port.name != graph::energy_port && condition == nullptr)
        throw InputError(problem,
                         "a generator has inputs 'latent', 'uniform', 'energy' and conditions: "
                         "'pdg', 'theta', 'phi', 'entry'");
    if (port.shape.empty() || port.shape.front() != batch)
        throw InputError(problem + " of shape " + graph::describe(port.shape),
                         "its first dimension is the number of showers");
    if (condition == nullptr) return;
    auto const known = (data::conditions_of(config_.inputs).*condition->values).size();
    auto const width = elements(port) / static_cast<std::size_t>(batch);
    if (width != condition->width || known != config_.inputs.count() * width)
        throw InputError(problem, "the calibration file does not say it");
}

/// The numbers of an input for showers `first` to `first + count`.
void CalibrationRunner::fill(std::string const& port, std::size_t first, std::size_t count,
                             std::span<float> out) const
{
    auto const size = out.size() / count;
    auto const& inputs = config_.inputs;
    bool const uniform = port == graph::uniform_port;
    if (port == graph::latent_port || uniform) {
        for (std::size_t shower = 0; shower < count; ++shower) {
            ItemRandom random({.seed = config_.seed,
                               .stream = uniform ? RandomStream::uniform : RandomStream::latent},
                              first + shower);
            auto const own = out.subspan(shower * size, size);
            if (uniform)
                random.uniform(own);
            else
                random.normal(own);
        }
        return;
    }
    auto const* const condition = find_condition(port);
    auto const numbers = condition == nullptr ? std::span<float const>(inputs.primary_energy)
                                              : data::conditions_of(inputs).*condition->values;
    std::ranges::copy(numbers.subspan(first * size, out.size()), out.begin());
}

/// The same, the first showers again behind the last.
void CalibrationRunner::fill_block(std::string const& port, std::size_t first, std::size_t count,
                                   std::span<float> out) const
{
    auto const size = out.size() / count;
    auto const all = config_.inputs.count();
    for (std::size_t done = 0; done < count;) {
        auto const from = (first + done) % all;
        auto const some = std::min(count - done, all - from);
        fill(port, from, some, out.subspan(done * size, some * size));
        done += some;
    }
}

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
        require_known(port, batch);
        input_data.emplace_back(inputs.emplace_back(elements(port)));
    }
    for (auto const& port : plan.outputs())
        output_data.emplace_back(outputs.emplace_back(elements(port)));

    for (std::size_t first = 0; first < config_.inputs.count(); first += block_showers) {
        for (std::size_t i = 0; i < plan.inputs().size(); ++i)
            fill_block(plan.inputs()[i].name, first, block_showers, inputs[i]);
        run(input_data, output_data);
        // Watched values stand behind the network's own outputs.
        auto const own = network.outputs.size();
        for (std::size_t value = 0; value < values.size(); ++value)
            see(value, outputs[own + value]);
    }
}

}  // namespace lowcal::workflows
