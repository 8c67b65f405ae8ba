#pragma once

#include "quantisation/scales/distortion.hpp"

#include <filesystem>

namespace lowcal::cli {

/// What quantisation did to each layer.
struct QuantizeReport {
    quantisation::Int8Network const& network;
    /// Empty if not measured; else one per int8 layer, before and after the means were corrected.
    std::vector<quantisation::LayerDistortion> before{};
    std::vector<quantisation::LayerDistortion> after{};
};

void print_quantize_report(QuantizeReport const& report);

/// JSON: {"response_factor", "layers": [{"layer", "precision", "reason", "scale", "zero_point",
/// "seen": [low, high], "range": [low, high], "clipped_share", "zeroed_share", "weight_noise",
/// "before": {"signal_to_noise_db", "mean_shift", "worst_channels": [{"channel",
/// "signal_to_noise_db"}]}, "after": {...}}]}. An infinite ratio is null.
void write_quantize_report(QuantizeReport const& report, std::filesystem::path const& path);

}  // namespace lowcal::cli
