#include "graph/onnx/onnx_file.hpp"

#include "graph/model/element_type.hpp"
#include "graph/model/half_float.hpp"
#include "graph/reference/reference.hpp"
#include "one_node.hpp"
#include "small_network.hpp"
#include "temporary_folder.hpp"

#include <onnx/onnx_pb.h>

namespace lowcal::graph {
namespace {

onnx::ModelProto stored(std::filesystem::path const& path)
{
    onnx::ModelProto proto;
    EXPECT_TRUE(proto.ParseFromString(read_bytes(path)));
    return proto;
}

TEST(OnnxFile, what_is_written_is_read_back)
{
    TemporaryFolder const folder;
    auto const path = folder.file("small.onnx");
    auto const written = small_network();
    write_onnx(written, path);
    auto const read = read_onnx(path);
    EXPECT_EQ(read.name, "small");
    EXPECT_EQ(read.opset, 17);
    EXPECT_EQ(read.metadata, written.metadata);
    ASSERT_EQ(read.nodes.size(), written.nodes.size());
    for (std::size_t n = 0; n < read.nodes.size(); ++n) {
        EXPECT_EQ(describe(read.nodes[n]), describe(written.nodes[n]));
        EXPECT_EQ(read.nodes[n].inputs, written.nodes[n].inputs);
        EXPECT_EQ(read.nodes[n].outputs, written.nodes[n].outputs);
        EXPECT_EQ(read.nodes[n].attributes.size(), written.nodes[n].attributes.size());
    }
    EXPECT_EQ(string_attribute(read.nodes[3], "auto_pad", ""), "SAME_UPPER");
    EXPECT_EQ(float_attribute(read.nodes[4], "alpha", 0), 0.3F);
    EXPECT_EQ(read.inputs[0].shape, (Shape{batch_dimension, 4}));
    EXPECT_EQ(read.outputs[0].shape, (Shape{batch_dimension, 2, 3, 3}));
    for (auto const& [name, tensor] : written.constants) {
        EXPECT_EQ(read.constants.at(name).floats, tensor.floats) << name;
        EXPECT_EQ(read.constants.at(name).integers, tensor.integers) << name;
    }
}

TEST(OnnxFile, a_read_network_computes_the_same)
{
    TemporaryFolder const folder;
    write_onnx(small_network(), folder.file("small.onnx"));
    std::map<std::string, Tensor> const inputs{{"latent", wavy({3, 4})}, {"energy", wavy({3, 1})}};
    auto const before = run_reference(small_network(), inputs).at("shower").floats;
    auto const after = run_reference(read_onnx(folder.file("small.onnx")), inputs);
    EXPECT_EQ(after.at("shower").floats, before);
    auto changed = small_network();
    changed.constants["conv.weight"].floats[0] += 1e-3F;
    EXPECT_NE(run_reference(changed, inputs).at("shower").floats, before);
}

TEST(OnnxFile, the_header_says_who_wrote_it)
{
    TemporaryFolder const folder;
    auto graph = small_network();
    graph.opset = 13;
    write_onnx(graph, folder.file("small.onnx"));
    auto const proto = stored(folder.file("small.onnx"));
    EXPECT_EQ(proto.ir_version(), 8);
    EXPECT_EQ(proto.producer_name(), "LowCal");
    EXPECT_EQ(proto.opset_import(0).version(), 13);
    EXPECT_EQ(proto.graph().input(0).type().tensor_type().shape().dim(0).dim_param(), "N");
    auto const model = read_onnx_model(folder.file("small.onnx"));
    EXPECT_EQ(model.origin.opset, 13);
    EXPECT_EQ(model.origin.ir_version, 8);
    EXPECT_EQ(model.origin.producer, "LowCal");
}

TEST(OnnxFile, the_same_network_makes_the_same_bytes)
{
    TemporaryFolder const folder;
    write_onnx(small_network(), folder.file("a.onnx"));
    write_onnx(small_network(), folder.file("b.onnx"));
    EXPECT_EQ(file_sha256(folder.file("a.onnx")), file_sha256(folder.file("b.onnx")));
    auto other = small_network();
    other.constants["conv.bias"].floats[0] += 1;
    write_onnx(other, folder.file("b.onnx"));
    EXPECT_NE(file_sha256(folder.file("a.onnx")), file_sha256(folder.file("b.onnx")));
}

/// A network whose one constant passes through a Cast to float32.
Graph with_constant(Tensor tensor)
{
    Graph graph;
    graph.inputs = {{"x", ElementType::float32, tensor.shape}};
    graph.constants["k"] = std::move(tensor);
    graph.nodes = {{"cast", "Cast", {"k"}, {"wide"}, {{"to", std::int64_t{1}}}},
                   {"add", "Add", {"x", "wide"}, {"y"}, {}}};
    graph.outputs = {{"y", ElementType::float32, graph.inputs[0].shape}};
    return graph;
}

TEST(OnnxFile, sixteen_bit_tensors_are_stored_in_sixteen_bits)
{
    TemporaryFolder const folder;
    for (auto const type : {ElementType::float16, ElementType::bfloat16}) {
        write_onnx(with_constant({type, {3}, {1, -0.5F, 1.0F / 3}, {}}), folder.file("half.onnx"));
        auto const tensor = stored(folder.file("half.onnx")).graph().initializer(0);
        EXPECT_EQ(tensor.raw_data().size(), 6U);
        EXPECT_EQ(tensor.data_type(), onnx_code(type));
        auto const constant = read_onnx(folder.file("half.onnx")).constants.at("k");
        EXPECT_EQ(constant.type, type);
        auto const third = type == ElementType::float16 ? 1365.0F / 4096 : 171.0F / 512;
        EXPECT_EQ(constant.floats, (std::vector<float>{1, -0.5F, third}));
    }
}

TEST(OnnxFile, integers_of_every_type_survive)
{
    TemporaryFolder const folder;
    for (auto const type : {ElementType::int8, ElementType::uint8, ElementType::int32,
                            ElementType::int64, ElementType::boolean}) {
        auto const range = integer_range(type);
        auto const tensor = integers({2}, {range.lowest, range.highest}, type);
        auto graph = with_constant(tensor);
        graph.outputs.push_back({"k", type, {2}});  // else it is folded into what reads it
        write_onnx(graph, folder.file("integers.onnx"));
        EXPECT_EQ(stored(folder.file("integers.onnx")).graph().initializer(0).raw_data().size(),
                  static_cast<std::size_t>(2 * bytes_per_element(type)));
        auto const read = read_onnx(folder.file("integers.onnx")).constants.at("k");
        EXPECT_EQ(read.type, type);
        EXPECT_EQ(read.integers, tensor.integers);
    }
}

TEST(OnnxFile, a_network_that_check_refuses_is_not_written)
{
    TemporaryFolder const folder;
    auto const path = folder.file("small.onnx");
    write_onnx(small_network(), path);
    auto const before = file_sha256(path);
    auto broken = small_network();
    broken.nodes[3].inputs[1] = "lost";
    EXPECT_THROW(write_onnx(broken, path), InputError);
    EXPECT_EQ(file_sha256(path), before);
    EXPECT_THROW(write_onnx(small_network(), folder.file("missing/small.onnx")), InputError);
}

TEST(OnnxFile, sha256_is_that_of_the_standard)
{
    TemporaryFolder const folder;
    write_bytes(folder.file("abc"), "abc");
    EXPECT_EQ(file_sha256(folder.file("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_TRUE(mentions(error_of([&] { file_sha256(folder.file("missing")); }), {"missing"}));
}

}  // namespace
}  // namespace lowcal::graph
