#pragma once

#include "cli/benchmark.hpp"
#include "validation/comparison.hpp"

#include <string>
#include <vector>

namespace lowcal::cli {

/// Speed, memory and physics of each network in one row, in Markdown. A comparison belongs to the
/// row of the file of its name ("conv2d.int8" to conv2d.int8.onnx); a network without one is left
/// out. Of several batches the fastest on one thread counts.
std::string demo_table(std::vector<BenchmarkRow> const& rows,
                       validation::Evaluation const& evaluation);

}  // namespace lowcal::cli
