#include "cli/answers/info_model.hpp"

#include "core/printable.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/model_info.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "quantisation/plan/layer_notes.hpp"
#include "workflows/bench/layer_times.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace lowcal::cli {
namespace {

/// Everything that is printed.
struct Report {
    std::filesystem::path path;
    graph::OnnxModel model;
    graph::ModelInfo info;
    std::uintmax_t file_bytes;
    std::string sha256;
    std::vector<workflows::LayerTime> times;  ///< empty where the network is no generator
};

Report report_on(std::filesystem::path const& path)
{
    auto model = graph::read_onnx_model(path);
    auto info = graph::model_info(model.graph);
    auto times = workflows::layer_times(model.graph);
    return {path,
            std::move(model),
            std::move(info),
            std::filesystem::file_size(path),
            graph::file_sha256(path),
            std::move(times)};
}

bool is_ours(std::string_view key)
{
    return key.starts_with("lowcal.");
}

/// Metadata may hold a whole configuration: continued lines are indented under the first.
std::string indented(std::string_view metadata)
{
    auto text = printable_lines(metadata);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
        text.insert(at + 1, "      ");
    return text;
}

void print_values(char const* kind, std::vector<graph::Value> const& values)
{
    for (auto const& value : values)
        fmt::print("  {:<12}{} {} {}\n", kind, printable(value.name), graph::describe(value.type),
                   graph::describe(value.shape));
}

/// Widths of the two columns of text.
struct Widths {
    std::size_t name = 5;
    std::size_t op = 8;
};

Widths widths_of(std::vector<graph::LayerInfo> const& layers)
{
    Widths widths;
    for (auto const& layer : layers) {
        widths.name = std::max(widths.name, printable(layer.name).size());
        widths.op = std::max(widths.op, layer.op.size());
    }
    return widths;
}

void print_layers(std::vector<graph::LayerInfo> const& layers)
{
    auto const widths = widths_of(layers);
    fmt::print("\n  {:<{}}  {:<{}}  {:<20}  {:>10}  {:>14}\n", "layer", widths.name, "operator",
               widths.op, "output", "parameters", "MAC per shower");
    for (auto const& layer : layers)
        fmt::print("  {:<{}}  {:<{}}  {:<20}  {:>10}  {:>14.0f}\n", printable(layer.name),
                   widths.name, layer.op, widths.op, graph::describe(layer.output_shape),
                   layer.parameters, layer.multiply_accumulates);
}

/// What runs, how long, and of int8 layers the scale, the range it covers, the range seen in
/// calibration, and why a layer is not int8.
void print_steps(Report const& report)
{
    if (report.times.empty()) return;
    auto const notes = quantisation::read_layer_notes(report.model.graph);
    fmt::print("\n  {:<26} {:<6} {:>6}  {}\n", "step", "runs", "time",
               notes.empty() ? "" : "input: scale, zero point, range, seen in calibration");
    for (auto const& time : report.times) {
        fmt::print("  {:<26} {:<6} {:>5.1f}%", printable(time.step), time.precision,
                   100 * time.share);
        for (auto const& note : notes) {
            if (note.name != time.step) continue;
            if (note.precision == "int8")
                fmt::print("  {:.4g}, {}, {:.3g} to {:.3g}, {:.3g} to {:.3g}", note.input.scale,
                           note.input.zero_point, note.input.low(), note.input.high(),
                           note.seen_low, note.seen_high);
            else
                fmt::print("  {}: {}", printable(note.precision), printable(note.reason));
        }
        fmt::print("\n");
    }
}

void print_text(Report const& report)
{
    auto const& [network, origin] = report.model;
    fmt::print("{}: network '{}'\n", printable(report.path.string()), printable(network.name));
    print_values("input", network.inputs);
    print_values("output", network.outputs);
    fmt::print("  {:<12}{} (IR version {}{})\n", "opset", origin.opset, origin.ir_version,
               origin.producer.empty() ? "" : ", written by " + printable(origin.producer));
    fmt::print("  {:<12}{}\n", "parameters", report.info.parameters);
    fmt::print("  {:<12}{:.4g} million multiply-accumulates per shower\n", "work",
               report.info.multiply_accumulates / 1e6);
    fmt::print("  {:<12}{} bytes\n", "file", report.file_bytes);
    fmt::print("  {:<12}{}\n", "SHA-256", report.sha256);
    for (auto const& [key, value] : network.metadata)
        if (is_ours(key)) fmt::print("  {}: {}\n", printable(key), indented(value));
    print_layers(report.info.layers);
    print_steps(report);
}

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

nlohmann::ordered_json json_of(std::vector<workflows::LayerTime> const& times)
{
    auto list = nlohmann::ordered_json::array();
    for (auto const& time : times)
        list.push_back(
            {{"step", time.step}, {"precision", time.precision}, {"share_of_time", time.share}});
    return list;
}

void print_json(Report const& report)
{
    auto const& [network, origin] = report.model;
    auto metadata = nlohmann::ordered_json::object();
    for (auto const& [key, value] : network.metadata)
        if (is_ours(key)) metadata[key] = value;
    nlohmann::ordered_json const object{{"file", report.path.string()},
                                        {"kind", "network"},
                                        {"name", network.name},
                                        {"inputs", json_of(network.inputs)},
                                        {"outputs", json_of(network.outputs)},
                                        {"opset", origin.opset},
                                        {"ir_version", origin.ir_version},
                                        {"producer", origin.producer},
                                        {"parameters", report.info.parameters},
                                        {"macs_per_shower", report.info.multiply_accumulates},
                                        {"file_bytes", report.file_bytes},
                                        {"sha256", report.sha256},
                                        {"metadata", metadata},
                                        {"layers", json_of(report.info.layers)},
                                        {"steps", json_of(report.times)}};
    // Names in a file need not be UTF-8, and may hold controls, which are escaped.
    fmt::print("{}\n", object.dump(2, ' ', true, nlohmann::json::error_handler_t::replace));
}

}  // namespace

void print_model_info(std::filesystem::path const& path, bool json)
{
    auto const report = report_on(path);
    if (json)
        print_json(report);
    else
        print_text(report);
}

}  // namespace lowcal::cli
