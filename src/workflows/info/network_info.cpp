#include "workflows/info/network_info.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace lowcal::workflows {
namespace {

nlohmann::ordered_json json_of(std::vector<graph::Value> const& values)
{
    auto list = nlohmann::ordered_json::array();
    for (auto const& value : values)
        list.push_back({{"name", value.name},
                        {"type", graph::describe(value.type)},
                        {"shape", value.shape}});  // -1: number of showers
    return list;
}

nlohmann::ordered_json json_of(std::vector<graph::LayerInfo> const& layers)
{
    auto list = nlohmann::ordered_json::array();
    for (auto const& layer : layers)
        list.push_back({{"name", layer.name},
                        {"operator", layer.op},
                        {"output_shape", layer.output_shape},
                        {"parameters", layer.parameters},
                        {"macs_per_shower", layer.multiply_accumulates}});
    return list;
}

nlohmann::ordered_json json_of(std::vector<LayerTime> const& times)
{
    auto list = nlohmann::ordered_json::array();
    for (auto const& time : times)
        list.push_back(
            {{"step", time.step}, {"precision", time.precision}, {"share_of_time", time.share}});
    return list;
}

nlohmann::ordered_json json_of(std::optional<graph::PortGuess> const& guess)
{
    if (!guess) return nullptr;
    return {{"doubts", guess->doubts},
            {"guess", nlohmann::ordered_json::parse(graph::to_json(guess->map))}};
}

}  // namespace

namespace {

/// Shares of time of the network as it would run; none where it is not known how.
std::vector<LayerTime> times_of(graph::Graph const& network, graph::NetworkNotes const& notes)
{
    if (notes.ports) return layer_times(graph::house_form(network, notes));
    try {
        return layer_times(graph::house_form(network, notes));
    } catch (InputError const&) {
        return {};
    }
}

std::optional<graph::PortGuess> guess_of(graph::Graph const& network,
                                         graph::NetworkNotes const& notes)
{
    bool const known = network.metadata.contains(graph::ports_key) ||
                       (graph::has_house_inputs(network) && network.outputs.size() == 1);
    if (network.outputs.empty() || (known && !notes.ports)) return std::nullopt;
    if (notes.ports) return graph::PortGuess{*notes.ports, {}};
    try {
        return graph::guess_ports(network, notes.detector);
    } catch (InputError const&) {
        return std::nullopt;  // it is no generator
    }
}

}  // namespace

NetworkInfo network_info(std::filesystem::path const& path, graph::NetworkNotes const& notes)
{
    auto model = graph::read_onnx_model(path);
    auto summary = graph::model_info(model.graph);
    auto times = times_of(model.graph, notes);
    auto guess = guess_of(model.graph, notes);
    return {path,
            std::move(model),
            std::move(summary),
            graph::network_bytes(path),
            graph::network_sha256(path),
            std::move(times),
            std::move(guess)};
}

std::string network_info_json(NetworkInfo const& info)
{
    auto const& [network, origin] = info.model;
    auto metadata = nlohmann::ordered_json::object();
    for (auto const& [key, value] : network.metadata)
        if (key.starts_with("lowcal.")) metadata[key] = value;
    nlohmann::ordered_json const object{{"file", info.path.string()},
                                        {"kind", "network"},
                                        {"name", network.name},
                                        {"inputs", json_of(network.inputs)},
                                        {"outputs", json_of(network.outputs)},
                                        {"opset", origin.opset},
                                        {"ir_version", origin.ir_version},
                                        {"producer", origin.producer},
                                        {"parameters", info.summary.parameters},
                                        {"macs_per_shower", info.summary.multiply_accumulates},
                                        {"file_bytes", info.file_bytes},
                                        {"sha256", info.sha256},
                                        {"metadata", metadata},
                                        {"layers", json_of(info.summary.layers)},
                                        {"steps", json_of(info.times)},
                                        {"ports", json_of(info.guess)}};
    // Names in a file need not be UTF-8, and may hold controls, which are escaped.
    return object.dump(2, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace lowcal::workflows
