#include "cli/answers/info_model.hpp"

#include "core/printable.hpp"
#include "graph/model/element_type.hpp"
#include "quantisation/plan/layer_notes.hpp"
#include "workflows/info/network_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace lowcal::cli {
namespace {

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
void print_steps(workflows::NetworkInfo const& info)
{
    if (info.times.empty()) return;
    auto const notes = quantisation::read_layer_notes(info.model.graph);
    fmt::print("\n  {:<26} {:<6} {:>6}  {}\n", "step", "runs", "time",
               notes.empty() ? "" : "input: scale, zero point, range, seen in calibration");
    for (auto const& time : info.times) {
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

/// What its inputs are taken for, and how to say otherwise.
void print_guess(std::optional<graph::PortGuess> const& guess)
{
    if (!guess) return;
    if (guess->doubts.empty())
        fmt::print("\n  inputs and output are taken so; --ports FILE.json says otherwise:\n");
    else
        fmt::print(
            "\n  what inputs and output are is not sure; correct this and give it with "
            "--ports FILE.json:\n");
    fmt::print(" {}\n", printable_lines(graph::to_json(guess->map)));
    for (auto const& doubt : guess->doubts) fmt::print("  not sure: {}\n", printable(doubt));
}

void print_text(workflows::NetworkInfo const& info)
{
    auto const& [network, origin] = info.model;
    fmt::print("{}: network '{}'\n", printable(info.path.string()), printable(network.name));
    print_values("input", network.inputs);
    print_values("output", network.outputs);
    fmt::print("  {:<12}{} (IR version {}{})\n", "opset", origin.opset, origin.ir_version,
               origin.producer.empty() ? "" : ", written by " + printable(origin.producer));
    fmt::print("  {:<12}{}\n", "parameters", info.summary.parameters);
    fmt::print("  {:<12}{:.4g} million multiply-accumulates per shower\n", "work",
               info.summary.multiply_accumulates / 1e6);
    fmt::print("  {:<12}{} bytes\n", "file", info.file_bytes);
    fmt::print("  {:<12}{}\n", "SHA-256", info.sha256);
    for (auto const& [key, value] : network.metadata)
        if (is_ours(key)) fmt::print("  {}: {}\n", printable(key), indented(value));
    print_guess(info.guess);
    print_layers(info.summary.layers);
    print_steps(info);
}

}  // namespace

void print_model_info(std::filesystem::path const& path, bool json,
                      graph::NetworkNotes const& notes)
{
    auto const info = workflows::network_info(path, notes);
    if (json)
        fmt::print("{}\n", workflows::network_info_json(info));
    else
        print_text(info);
}

}  // namespace lowcal::cli
