#include "workflows/generate/sample_inputs.hpp"

#include "core/error.hpp"
#include "data/reading/shower_reader.hpp"
#include "graph/model/ports.hpp"
#include "graph/shapes/shape_inference.hpp"

#include <fmt/format.h>

namespace lowcal::workflows {

std::optional<Detector> detector_if_known(graph::Graph const& network)
{
    try {
        return graph::ports_of(network).detector;
    } catch (InputError const&) {  // whoever needs it says so
        return std::nullopt;
    }
}

data::ShowerBlock inputs_through_file(std::filesystem::path const& file, std::size_t count,
                                      std::optional<Detector> const& detector)
{
    data::ShowerReader reader(file, {.detector = detector});
    auto const energies = reader.read_primary_energies();
    if (count > energies.size())
        throw InputError(fmt::format("--count {}", count),
                         fmt::format("{} holds {} showers", file.string(), energies.size()),
                         "ask for fewer or give a larger file");
    data::ShowerBlock all;
    all.primary_energy = energies;
    for (auto const& info : condition_infos)
        if (reader.knows(info)) data::condition_of(all, info) = reader.read_condition(info);
    data::ShowerBlock chosen;
    for (std::size_t i = 0; i < count; ++i)
        data::append_without_cells(chosen,
                                   data::without_cells(all, i * energies.size() / count, 1));
    return chosen;
}

data::ShowerBlock inputs_over_range(graph::Graph const& network, std::size_t count)
{
    auto const ports = graph::ports_of(network);
    auto const advice = "--inputs-from FILE takes them from showers";
    if (!ports.condition_names().empty())
        throw InputError("the network needs the showers' " + ports.condition_names().front(),
                         "it says no usual values of it", advice);
    auto const& range = ports.detector.primary_energies;
    if (range.empty())
        throw InputError("the network does not say for which energies it is made",
                         "its detector has no primary_energies_gev", advice);
    data::ShowerBlock inputs;
    for (std::size_t i = 0; i < count; ++i)
        inputs.primary_energy.push_back(static_cast<float>(
            range.low + (range.high - range.low) * (static_cast<double>(i) + 0.5) /
                            static_cast<double>(count)));
    return inputs;
}

}  // namespace lowcal::workflows
