#include "graph/simplify/simplify.hpp"

#include "graph/model/element_type.hpp"
#include "graph/one_node.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/reference/reference.hpp"
#include "graph/small_network.hpp"
#include "graph/temporary_folder.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

using Integers = std::vector<std::int64_t>;

Graph graph_with(std::vector<Node> nodes, std::map<std::string, Tensor> constants)
{
    Graph graph;
    graph.inputs = {{"x", ElementType::float32, {batch_dimension, 2, 3}}};
    graph.nodes = std::move(nodes);
    graph.constants = std::move(constants);
    graph.outputs = {{"y", ElementType::float32, {}}};
    return graph;
}

std::vector<std::string> operators(Graph const& graph)
{
    std::vector<std::string> names;
    for (auto const& node : graph.nodes) names.push_back(node.op);
    return names;
}

TEST(Simplify, what_hangs_on_no_input_becomes_a_constant)
{
    auto graph = graph_with({{"twice", "Mul", {"w", "two"}, {"w2"}, {}},
                             {"turned", "Transpose", {"w2"}, {"w3"}, {{"perm", Integers{1, 0}}}},
                             {"product", "MatMul", {"x", "w3"}, {"y"}, {}},
                             {"unread", "NoSuchOperator", {"y"}, {"z"}, {}}},
                            {{"w", counting({2, 3})}, {"two", floats({}, {2})}});
    simplify(graph);
    EXPECT_EQ(operators(graph), (std::vector<std::string>{"MatMul"}));
    EXPECT_EQ(graph.constants.at("w3").floats, (std::vector<float>{2, 8, 4, 10, 6, 12}));
    EXPECT_EQ(graph.constants.size(), 1U);
}

TEST(Simplify, stored_levels_stay_levels_where_a_layer_reads_them)
{
    auto graph = graph_with(
        {{"unpack", "DequantizeLinear", {"q", "s"}, {"w"}, {}},
         {"square", "Mul", {"w", "w"}, {"w2"}, {}},
         {"a", "MatMul", {"x", "w"}, {"b"}, {}},
         {"product", "MatMul", {"b", "w2"}, {"y"}, {}}},
        {{"q", integers({3, 3}, Integers(9, 4), ElementType::int8)}, {"s", floats({}, {0.5F})}});
    simplify(graph);
    EXPECT_EQ(operators(graph), (std::vector<std::string>{"DequantizeLinear", "MatMul", "MatMul"}));
    EXPECT_EQ(graph.constants.at("w2").floats, std::vector<float>(9, 4.0F));
}

TEST(Simplify, shapes_that_are_computed_hold_for_any_number_of_showers)
{
    auto const one = integers({1}, {0}), ends = integers({1}, {1});
    auto graph =
        graph_with({{"shape", "Shape", {"x"}, {"s"}, {}},
                    {"first", "Slice", {"s", "zero", "one"}, {"n"}, {}},
                    {"joined", "Concat", {"n", "six"}, {"target"}, {{"axis", std::int64_t{0}}}},
                    {"flat", "Reshape", {"x", "target"}, {"y"}, {}}},
                   {{"zero", one}, {"one", ends}, {"six", integers({1}, {6})}});
    simplify(graph);
    ASSERT_EQ(operators(graph), (std::vector<std::string>{"Reshape"}));
    EXPECT_EQ(graph.constants.at(graph.nodes[0].inputs[1]).integers.values(), (Integers{-1, 6}));
    EXPECT_EQ(run_reference(graph, {{"x", counting({5, 2, 3})}}).at("y").shape, (Shape{5, 6}));
}

TEST(Simplify, sixteen_bits_compute_in_float32)
{
    Tensor half{ElementType::float16, {1}, {3}, {}};
    auto graph = graph_with({{"sum", "Add", {"x", "half"}, {"y"}, {}}}, {{"half", half}});
    graph.inputs[0].type = graph.outputs[0].type = ElementType::float16;
    simplify(graph);
    EXPECT_EQ(graph.inputs[0].type, ElementType::float32);
    EXPECT_EQ(run_reference(graph, {{"x", counting({1, 2, 3})}}).at("y").floats[0], 4.0F);
}

TEST(Simplify, products_of_einsum_are_matrix_products)
{
    // sum over d of a[h][i][d] b[h][j][d], by hand for a = b = x.
    auto graph = graph_with(
        {{"e", "Einsum", {"x", "x"}, {"y"}, {{"equation", std::string("hid,hjd->hji")}}}}, {});
    simplify(graph);
    auto const y = run_reference(graph, {{"x", counting({1, 2, 3})}}).at("y");
    EXPECT_EQ(y.floats, (std::vector<float>{14, 32, 32, 77}));
    auto sums = graph_with(
        {{"e", "Einsum", {"x", "x"}, {"y"}, {{"equation", std::string("hid,hjk->hji")}}}}, {});
    EXPECT_TRUE(
        mentions(error_of([&] { simplify(sums); }), {"Einsum node 'e'", "one factor alone"}));
}

/// A network whose bias stands in a file beside it, as `change` leaves its place.
template <typename Change>
OnnxModel read_with_side_file(TemporaryFolder const& folder, std::string const& data, Change change)
{
    auto const path = folder.file("big.onnx");
    write_onnx(small_network(), path);
    onnx::ModelProto proto;
    proto.ParseFromString(read_bytes(path));
    for (auto& tensor : *proto.mutable_graph()->mutable_initializer()) {
        if (tensor.name() != "conv.bias") continue;
        tensor.clear_raw_data();
        tensor.set_data_location(onnx::TensorProto::EXTERNAL);
        auto& place = *tensor.add_external_data();
        place.set_key("location");
        place.set_value("big.onnx.data");
        auto& offset = *tensor.add_external_data();
        offset.set_key("offset");
        offset.set_value("4");
        change(tensor);
    }
    write_bytes(path, proto.SerializeAsString());
    write_bytes(folder.file("big.onnx.data"), data);
    return read_onnx_model(path);
}

TEST(SideFiles, weights_beside_the_network_are_read_and_belong_to_its_sum)
{
    TemporaryFolder const folder;
    float const numbers[] = {9, 0.25F, -3};
    std::string const data(reinterpret_cast<char const*>(numbers), sizeof numbers);
    auto const model = read_with_side_file(folder, data, [](auto&) {});
    EXPECT_EQ(model.graph.constants.at("conv.bias").floats, (std::vector<float>{0.25F, -3}));
    EXPECT_EQ(network_bytes(folder.file("big.onnx")),
              std::filesystem::file_size(folder.file("big.onnx")) + data.size());
    auto const sum = network_sha256(folder.file("big.onnx"));
    auto other = data;
    other.back() ^= 1;
    write_bytes(folder.file("big.onnx.data"), other);
    EXPECT_NE(network_sha256(folder.file("big.onnx")), sum);
}

TEST(SideFiles, places_outside_the_folder_or_the_file_are_refused)
{
    TemporaryFolder const folder;
    std::string const data(12, '\0');
    auto const refused = [&](std::string const& location, std::string const& content) {
        return error_of([&] {
            read_with_side_file(folder, content, [&](onnx::TensorProto& tensor) {
                tensor.mutable_external_data(0)->set_value(location);
            });
        });
    };
    EXPECT_TRUE(mentions(refused("/etc/passwd", data), {"'conv.bias'", "outside"}));
    EXPECT_TRUE(mentions(refused("../big.onnx.data", data), {"'conv.bias'", "outside"}));
    EXPECT_TRUE(mentions(refused("lost.data", data), {"'conv.bias'", "lost.data", "beside"}));
    EXPECT_TRUE(mentions(refused("big.onnx.data", "short"), {"'conv.bias'", "8 bytes", "has 5"}));
}

TEST(Simplify, a_pad_around_a_circle_is_written_as_its_pieces)
{
    auto graph = graph_with(
        {{"around", "Pad", {"x", "pads", "", "axes"}, {"y"}, {{"mode", std::string("wrap")}}}},
        {{"pads", integers({2}, {1, 2})}, {"axes", integers({1}, {2})}});
    simplify(graph);
    Tensor const x{.shape = {1, 2, 3}, .floats = {1, 2, 3, 4, 5, 6}};
    EXPECT_EQ(run_reference(graph, {{"x", x}}).at("y").floats,
              (std::vector<float>{3, 1, 2, 3, 1, 2, 6, 4, 5, 6, 4, 5}));
}

/// All that simplification adds nodes for.
Graph of_composites()
{
    auto graph =
        graph_with({{"square", "Pow", {"x", "two"}, {"p"}, {}},
                    {"bent", "Gelu", {"p"}, {"g"}, {}},
                    {"turned", "Einsum", {"g", "w"}, {"e"}, {{"equation", "nij,jk->nki"}}},
                    {"narrow", "Cast", {"e"}, {"h"}, {{"to", onnx_code(ElementType::float16)}}},
                    {"levels", "QuantizeLinear", {"h", "step", "zero"}, {"q"}, {}},
                    {"back", "DequantizeLinear", {"q", "step", "zero"}, {"d"}, {}},
                    {"product", "MatMul", {"d", "half"}, {"m"}, {}},
                    {"y", "Mul", {"m", "factor"}, {"y"}, {}}},
                   {{"two", integers({}, {2})},
                    {"w", counting({3, 3})},
                    {"step", floats({}, {0.25F})},
                    {"zero", integers({}, {-5}, ElementType::int8)},
                    {"half", counting({2, 2})},
                    {"factor", floats({}, {3})}});
    graph.constants.at("half").type = ElementType::float16;
    return graph;
}

void rename(Graph& graph, std::string const& from, std::string const& to)
{
    for (auto& node : graph.nodes) {
        std::replace(node.inputs.begin(), node.inputs.end(), from, to);
        std::replace(node.outputs.begin(), node.outputs.end(), from, to);
    }
    if (auto constant = graph.constants.extract(from)) {
        constant.key() = to;
        graph.constants.insert(std::move(constant));
    }
}

TEST(Simplify, what_it_adds_may_have_the_name_of_any_other_value)
{
    auto const original = of_composites();
    auto plain = original;
    simplify(plain);
    Tensor const x{.shape = {1, 2, 3}, .floats = {0.1F, -0.2F, 0.3F, 0.4F, 0.5F, -0.6F}};
    auto const expected = run_reference(plain, {{"x", x}}).at("y").floats;
    std::set<std::string> added;
    for (auto const& [name, tensor] : plain.constants) added.insert(name);
    for (auto const& node : plain.nodes) added.insert(node.outputs.begin(), node.outputs.end());
    for (auto const& [name, tensor] : original.constants) added.erase(name);
    for (auto const& node : original.nodes)
        for (auto const& output : node.outputs) added.erase(output);
    EXPECT_GT(added.size(), 8U);
    for (auto const& name : added)
        for (auto const* const other : {"factor", "m"}) {
            auto graph = original;
            rename(graph, other, name);
            simplify(graph);
            EXPECT_EQ(run_reference(graph, {{"x", x}}).at("y").floats, expected)
                << other << " as " << name;
        }
}

}  // namespace
}  // namespace lowcal::graph
