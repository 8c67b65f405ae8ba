#include "graph/onnx/onnx_file.hpp"
#include "one_node.hpp"
#include "small_network.hpp"
#include "temporary_folder.hpp"

#include <onnx/onnx_pb.h>

#include <functional>

namespace lowcal::graph {
namespace {

struct Damage {
    std::function<void(onnx::GraphProto&)> make;
    std::vector<std::string> named;
};

/// The message when a damaged small network is read; it must name the file.
std::string message_of(std::string const& bytes)
{
    TemporaryFolder const folder;
    auto const path = folder.file("damaged.onnx");
    write_bytes(path, bytes);
    auto const message = error_of([&] { read_onnx(path); });
    EXPECT_TRUE(mentions(message, {path.string()}));
    return message;
}

std::string sound_bytes()
{
    TemporaryFolder const folder;
    write_onnx(small_network(), folder.file("sound.onnx"));
    return read_bytes(folder.file("sound.onnx"));
}

std::string message_of(Damage const& damage)
{
    onnx::ModelProto proto;
    proto.ParseFromString(sound_bytes());
    damage.make(*proto.mutable_graph());
    return message_of(proto.SerializeAsString());
}

onnx::TensorProto& weights(onnx::GraphProto& graph)
{
    for (auto& tensor : *graph.mutable_initializer())
        if (tensor.name() == "conv.weight") return tensor;
    throw std::logic_error("no weights");
}

TEST(MalformedOnnx, files_that_are_no_networks_are_refused)
{
    TemporaryFolder const folder;
    EXPECT_TRUE(mentions(error_of([&] { read_onnx(folder.file("missing.onnx")); }),
                         {"missing.onnx", "No such file"}));
    EXPECT_TRUE(mentions(error_of([&] { read_onnx(folder.file("")); }), {"cannot be read"}));
    EXPECT_TRUE(mentions(message_of(""), {"empty"}));
    EXPECT_TRUE(mentions(message_of("this is no network"), {"no ONNX file"}));
    EXPECT_TRUE(mentions(message_of(std::string(1000, '\0')), {"no ONNX file"}));
    EXPECT_TRUE(mentions(message_of(onnx::ModelProto().SerializeAsString() + "\x08\x08"),
                         {"holds no graph"}));
}

TEST(MalformedOnnx, a_truncated_file_is_refused_wherever_it_ends)
{
    auto const bytes = sound_bytes();
    ASSERT_GT(bytes.size(), 500U);
    testing::internal::CaptureStderr();
    for (std::size_t length = 0; length < bytes.size(); length += 7)
        EXPECT_FALSE(message_of(bytes.substr(0, length)).empty());
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");  // the parser must not print
}

TEST(MalformedOnnx, damaged_tensors_are_named)
{
    std::vector<Damage> const damages{
        {[](auto& g) { weights(g).mutable_raw_data()->pop_back(); },
         {"'conv.weight'", "36 elements", "143 bytes"}},
        {[](auto& g) { weights(g).set_dims(0, 3); }, {"'conv.weight'", "54 elements", "144 bytes"}},
        {[](auto& g) { weights(g).set_dims(0, -2); }, {"'conv.weight'", "impossible"}},
        {[](auto& g) { weights(g).set_dims(0, std::int64_t{1} << 62); },
         {"'conv.weight'", "large"}},
        {[](auto& g) { weights(g).set_data_type(14); }, {"'conv.weight'", "type number 14"}},
        {[](auto& g) { weights(g).set_data_type(3); }, {"'conv.weight'", "36", "int8"}},
        {[](auto& g) { weights(g).clear_raw_data(); }, {"'conv.weight'", "holds 0"}},
        {[](auto& g) { weights(g).set_data_location(onnx::TensorProto::EXTERNAL); },
         {"'conv.weight'", "outside the network's folder"}},
        {[](auto& g) { weights(g).mutable_segment()->set_begin(0); },
         {"'conv.weight'", "segments"}},
        {[](auto& g) { weights(g).set_name("other"); }, {"Conv node 'conv'", "'conv.weight'"}},
        {[](auto& g) { weights(g).set_name("conv.bias"); }, {"'conv.bias'", "twice"}},
        {[](auto& g) { g.add_sparse_initializer(); }, {"sparse"}},
    };
    for (auto const& damage : damages) EXPECT_TRUE(mentions(message_of(damage), damage.named));
}

TEST(MalformedOnnx, damaged_nodes_are_named)
{
    std::vector<Damage> const damages{
        {[](auto& g) { g.mutable_node(3)->set_op_type("LSTM"); },
         {"LSTM node 'conv'", "not supported", "Softplus"}},
        {[](auto& g) { g.mutable_node(3)->set_domain("com.example"); }, {"'conv'", "com.example"}},
        {[](auto& g) { g.mutable_node(3)->set_input(0, "leaky.out"); }, {"'conv'", "cycle"}},
        {[](auto& g) { g.mutable_node(3)->set_input(0, "conv.out"); }, {"'conv'", "cycle"}},
        {[](auto& g) { g.mutable_node(3)->set_input(0, "nowhere"); }, {"'conv'", "'nowhere'"}},
        {[](auto& g) { g.mutable_node(3)->set_output(0, "noise"); }, {"'conv'", "'noise'"}},
        {[](auto& g) { g.mutable_node(3)->mutable_attribute(0)->set_s("SAME"); },
         {"'conv'", "auto_pad"}},
        {[](auto& g) {
             g.mutable_node(3)->mutable_attribute(0)->set_type(onnx::AttributeProto::GRAPH);
         },
         {"'conv'", "auto_pad", "kind 5"}},
        {[](auto& g) { *g.mutable_node(3)->add_attribute() = g.node(3).attribute(0); },
         {"'conv'", "auto_pad", "twice"}},
        {[](auto& g) { g.mutable_node(2)->set_op_type("Transpose"); }, {"Transpose", "2 inputs"}},
        {[](auto& g) { g.clear_output(); }, {"no output"}},
        {[](auto& g) { g.mutable_output(0)->set_name("nowhere"); }, {"'nowhere'"}},
    };
    for (auto const& damage : damages) EXPECT_TRUE(mentions(message_of(damage), damage.named));
}

onnx::TypeProto_Tensor& latent_type(onnx::GraphProto& graph)
{
    return *graph.mutable_input(0)->mutable_type()->mutable_tensor_type();
}

TEST(MalformedOnnx, damaged_inputs_are_named)
{
    std::vector<Damage> const damages{
        {[](auto& g) { latent_type(g).clear_shape(); }, {"'latent'", "does not say its shape"}},
        {[](auto& g) { latent_type(g).set_elem_type(8); }, {"'latent'", "type number 8"}},
        {[](auto& g) { latent_type(g).mutable_shape()->mutable_dim(1)->set_dim_param("M"); },
         {"'latent'", "only the first"}},
        {[](auto& g) { latent_type(g).mutable_shape()->mutable_dim(1)->set_dim_value(5); },
         {"Gemm node 'dense'", "[1, 5]"}},
        {[](auto& g) { g.mutable_input(0)->mutable_type()->mutable_sequence_type(); },
         {"'latent'", "no tensor"}},
        {[](auto& g) { g.mutable_input(0)->set_name("energy"); }, {"'latent'"}},
    };
    for (auto const& damage : damages) {
        auto const message = message_of(damage);
        EXPECT_TRUE(mentions(message, {damage.named.front()}));
    }
}

}  // namespace
}  // namespace lowcal::graph
