#include "cli/answers/quantize_report.hpp"

#include "core/files/atomic_file.hpp"
#include "core/printable.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace lowcal::cli {
namespace {

using nlohmann::ordered_json;
using quantisation::LayerDistortion;
using quantisation::LayerPrecision;

LayerDistortion const* find(std::vector<LayerDistortion> const& all, std::string const& layer)
{
    for (auto const& one : all)
        if (one.layer == layer) return &one;
    return nullptr;
}

std::string distortion_text(workflows::Quantised const& result, std::string const& layer)
{
    auto const* const before = find(result.before, layer);
    auto const* const after = find(result.after, layer);
    if (before == nullptr || after == nullptr) return {};
    std::string worst;
    for (auto const& channel : after->worst)
        worst += fmt::format(" {} ({:.0f})", channel.index, channel.signal_to_noise);
    return fmt::format(" {:>5.1f} {:>5.1f} {:>7.2f} {:>5.2f} {}", before->signal_to_noise,
                       after->signal_to_noise, 100 * before->mean_shift, 100 * after->mean_shift,
                       worst);
}

ordered_json json_of(LayerDistortion const& distortion)
{
    auto const finite = [](double decibels) -> ordered_json {
        return std::isfinite(decibels) ? ordered_json(decibels) : ordered_json(nullptr);
    };
    auto worst = ordered_json::array();
    for (auto const& channel : distortion.worst)
        worst.push_back(
            {{"channel", channel.index}, {"signal_to_noise_db", finite(channel.signal_to_noise)}});
    return {{"signal_to_noise_db", finite(distortion.signal_to_noise)},
            {"mean_shift", distortion.mean_shift},
            {"worst_channels", worst}};
}

}  // namespace

void print_quantize_report(workflows::Quantised const& result)
{
    fmt::print("{:<18} {:<12} {:>9} {:>9} {:>10} {:>4} {:>8} {:>7} {:>7}{}\n", "layer", "precision",
               "seen from", "to", "scale", "zero", "clipped", "zeroed", "weights",
               result.after.empty() ? "" : "    S/N after   shift after  worst channels (S/N)");
    for (auto const& layer : result.network.layers) {
        auto const name = printable(layer.name);
        if (layer.precision != LayerPrecision::int8) {
            fmt::print("{:<18} {:<12} {}\n", name, name_of(layer.precision),
                       printable(layer.reason));
            continue;
        }
        fmt::print(
            "{:<18} {:<12} {:>9.3g} {:>9.3g} {:>10.4g} {:>4} {:>7.3f}% {:>6.2f}% {:>6.2f}%{}\n",
            name, name_of(layer.precision), layer.input_low, layer.input_high, layer.input.scale,
            layer.input.zero_point, 100 * layer.clipped_share, 100 * layer.zeroed_share,
            100 * layer.weight_noise, distortion_text(result, layer.name));
    }
    fmt::print(
        "seen: range of the layer's input in calibration; clipped, zeroed: share of it beyond the\n"
        "scale's range, and rounded to zero; weights: rms of their rounding error over their rms");
    if (!result.after.empty())
        fmt::print(
            ";\nS/N: mean square of the layer's float32 result over that of its change, dB; "
            "shift:\n"
            "largest shift of a channel's mean, per cent of its rms; before and after correction");
    fmt::print("\n");
}

void write_quantize_report(workflows::Quantised const& result, std::filesystem::path const& path)
{
    auto layers = ordered_json::array();
    for (auto const& layer : result.network.layers) {
        ordered_json entry{{"layer", layer.name}, {"precision", name_of(layer.precision)}};
        if (!layer.reason.empty()) entry["reason"] = layer.reason;
        if (layer.precision == LayerPrecision::int8) {
            entry["scale"] = layer.input.scale;
            entry["zero_point"] = layer.input.zero_point;
            entry["seen"] = {layer.input_low, layer.input_high};
            entry["range"] = {layer.input.low(), layer.input.high()};
            entry["clipped_share"] = layer.clipped_share;
            entry["zeroed_share"] = layer.zeroed_share;
            entry["weight_noise"] = layer.weight_noise;
        }
        if (auto const* const before = find(result.before, layer.name))
            entry["before"] = json_of(*before);
        if (auto const* const after = find(result.after, layer.name))
            entry["after"] = json_of(*after);
        layers.push_back(std::move(entry));
    }
    ordered_json const all{{"response_factor", result.network.response_factor}, {"layers", layers}};
    write_file_atomically(path, all.dump(2) + "\n");
}

}  // namespace lowcal::cli
