#include "networks.hpp"

#include "graph/onnx/onnx_file.hpp"
#include "runtime/small_networks.hpp"

namespace lowcal::end_to_end {

void write_small_network(std::filesystem::path const& path,
                         std::function<void(graph::Graph&)> const& change)
{
    auto network = test::small_generator();
    auto& weights = network.constants.at("merge.w").floats;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= i % 2 == 0 ? 1e-5F : 1e-6F;
    if (change) change(network);
    graph::write_onnx(network, path);
}

}  // namespace lowcal::end_to_end
