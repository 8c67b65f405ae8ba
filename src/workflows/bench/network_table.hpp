#pragma once

#include "validation/comparison.hpp"
#include "workflows/bench/benchmark.hpp"

#include <string>
#include <vector>

namespace lowcal::workflows {

/// Speed, memory and physics of each network in one row, in Markdown with aligned columns. A
/// comparison belongs to the row of the file of its name ("conv2d.int8" to conv2d.int8.onnx); a
/// network without one is left out. Of several batches the fastest on one thread counts.
std::string network_table(std::vector<BenchmarkRow> const& rows,
                          validation::Evaluation const& evaluation);

/// What its columns mean, in two sentences.
std::string network_table_legend(validation::Evaluation const& evaluation);

}  // namespace lowcal::workflows
