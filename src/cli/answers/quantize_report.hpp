#pragma once

#include "workflows/precision/quantise.hpp"

#include <filesystem>

namespace lowcal::cli {

/// What quantisation did to each layer, in a table.
void print_quantize_report(workflows::Quantised const& result);

/// JSON: {"response_factor", "layers": [{"layer", "precision", "reason", "scale", "zero_point",
/// "seen": [low, high], "range": [low, high], "clipped_share", "zeroed_share", "weight_noise",
/// "before": {"signal_to_noise_db", "mean_shift", "worst_channels": [{"channel",
/// "signal_to_noise_db"}]}, "after": {...}}]}. An infinite ratio is null.
void write_quantize_report(workflows::Quantised const& result, std::filesystem::path const& path);

}  // namespace lowcal::cli
