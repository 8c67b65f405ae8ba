#pragma once

#include "graph/model/graph.hpp"

#include <filesystem>
#include <functional>

namespace lowcal::end_to_end {

/// Writes a network of few numbers, after `change`, which may spoil it: its last convolution is the
/// node "merge" with weights "merge.w", and behind it stands the Relu "positive". Cells of its
/// showers spread over many magnitudes, some far under 1e-6 GeV.
void write_small_network(std::filesystem::path const& path,
                         std::function<void(graph::Graph&)> const& change = {});

}  // namespace lowcal::end_to_end
