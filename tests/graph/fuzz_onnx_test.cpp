#include "graph/model/element_type.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/reference/reference.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "one_node.hpp"
#include "small_network.hpp"
#include "temporary_folder.hpp"

#include <algorithm>
#include <random>

namespace lowcal::graph {
namespace {

/// A network with most kinds of fields: attributes of several types, int8, 16 bits, axes.
Graph varied_network()
{
    auto graph = small_network();
    graph.constants["k"] = {ElementType::bfloat16, {2, 1, 1}, {1, 2}, {}};
    graph.constants["scale"] = floats({}, {0.1F});
    graph.constants["zero"] = integers({}, {3}, ElementType::uint8);
    graph.constants["pads"] = integers({8}, {0, 0, 1, 1, 0, 0, 0, 2});
    graph.constants["starts"] = integers({2}, {1, 2});
    graph.constants["ends"] = integers({2}, {4, 5});
    graph.constants["axes"] = integers({2}, {2, 3});
    std::vector<Node> const more{
        {"cast", "Cast", {"k"}, {"k.wide"}, {{"to", std::int64_t{1}}}},
        {"add", "Add", {"shower", "k.wide"}, {"a"}, {}},
        {"pad", "Pad", {"a", "pads"}, {"b"}, {}},
        {"quantize", "QuantizeLinear", {"b", "scale", "zero"}, {"c"}, {}},
        {"slice", "Slice", {"c", "starts", "ends", "axes"}, {"d"}, {}},
        {"turn", "Transpose", {"d"}, {"e"}, {{"perm", std::vector<std::int64_t>{0, 2, 3, 1}}}},
        {"real", "DequantizeLinear", {"e", "scale", "zero"}, {"f"}, {}}};
    graph.nodes.insert(graph.nodes.end(), more.begin(), more.end());
    graph.outputs = {{"f", ElementType::float32, {}}};
    return graph;
}

/// Flips bytes, cuts, repeats or removes a stretch: what damaged disks and transfers do.
std::string mutated(std::string bytes, std::mt19937& random)
{
    auto const below = [&random](std::size_t limit) { return random() % limit; };
    auto const changes = 1 + below(4);
    for (std::size_t change = 0; change < changes && !bytes.empty(); ++change) {
        auto const at = below(bytes.size());
        auto const length = std::min(bytes.size() - at, 1 + below(16));
        switch (below(6)) {
            case 0:
                bytes.resize(at);
                break;
            case 1:
                bytes.erase(at, length);
                break;
            case 2:
                bytes.insert(at, bytes.substr(at, length));
                break;
            case 3:
                bytes[at] = static_cast<char>(0xff);
                break;
            default:
                bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(8)));
        }
    }
    return bytes;
}

/// Runs one shower unless damage has made the network huge. What cannot run must say so.
void run_if_small(Graph const& graph)
{
    std::int64_t elements = 0;
    std::map<std::string, Tensor> inputs;
    for (auto const& [name, info] : infer_values(graph, 1)) {
        elements += element_count(info.shape);
        if (is_floating(info.type) && element_count(info.shape) < 1000)
            inputs[name] = wavy(info.shape);
    }
    if (elements < 20'000) run_reference(graph, inputs);
}

TEST(FuzzOnnx, damaged_files_run_or_are_refused_but_never_crash)
{
    TemporaryFolder const folder;
    auto const path = folder.file("network.onnx");
    write_onnx(varied_network(), path);
    auto const sound = read_bytes(path);
    ASSERT_NO_THROW(read_onnx(path));
    std::mt19937 random(20240607);
    int read = 0;
    int refused = 0;
    for (int i = 0; i < 2000; ++i) {
        write_bytes(path, mutated(sound, random));
        try {
            auto const graph = read_onnx(path);
            ++read;
            run_if_small(graph);
        } catch (InputError const& error) {
            ++refused;
            EXPECT_FALSE(std::string(error.what()).empty());
        }
    }
    // Both happen often: most bytes are weights, and most others matter.
    EXPECT_GT(read, 100);
    EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace lowcal::graph
