#include "graph/check.hpp"

#include "graph/model/operators.hpp"
#include "graph/model/topological_order.hpp"
#include "one_node.hpp"
#include "small_network.hpp"

#include <algorithm>
#include <functional>

namespace lowcal::graph {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(Check, a_sound_network_passes)
{
    EXPECT_NO_THROW(check(small_network()));
}

struct Defect {
    std::function<void(Graph&)> make;
    std::vector<std::string> named;
};

/// Node 3 of the small network is its convolution, node 4 its LeakyRelu.
std::vector<Defect> defects_of_nodes()
{
    return {
        {[](Graph& g) { g.nodes[3].op = "Conw"; },
         {"Conw node 'conv'", "not supported", "ConvTranspose, Cos, DepthToSpace"}},
        {[](Graph& g) { g.nodes[3].inputs.pop_back(), g.nodes[3].inputs.pop_back(); },
         {"Conv node 'conv'", "1 inputs", "needs 2"}},
        {[](Graph& g) { g.nodes[3].inputs.push_back("energy"); }, {"'conv'", "at most 3"}},
        {[](Graph& g) { g.nodes[3].inputs[1] = ""; }, {"'conv'", "input 1 is absent"}},
        {[](Graph& g) { g.nodes[3].inputs[1] = "lost"; }, {"'conv'", "'lost'", "not defined"}},
        {[](Graph& g) { g.nodes[3].outputs.clear(); }, {"'conv'", "no output"}},
        {[](Graph& g) { g.nodes[3].outputs.push_back("more"); }, {"'conv'", "output 1"}},
        {[](Graph& g) { g.nodes[5].outputs.push_back("more"); },
         {"'norm'", "output 1", "evaluation mode"}},
        {[](Graph& g) { g.nodes[3].outputs[0] = "noise"; }, {"'noise'", "twice", "'conv'"}},
        {[](Graph& g) { g.nodes[3].name = "leaky"; }, {"'leaky'", "same name"}},
        {[](Graph& g) { g.nodes[3].name = ""; }, {"Conv node", "no name"}},
        {[](Graph& g) { std::swap(g.nodes[3], g.nodes[4]); }, {"'leaky'", "not defined before it"}},
    };
}

std::vector<Defect> defects_of_attributes()
{
    auto const set = [](std::size_t node, std::string key, Attribute value) {
        return [=](Graph& g) { g.nodes[node].attributes[key] = value; };
    };
    return {
        {set(3, "strides", std::int64_t{2}), {"'conv'", "'strides'", "list of integers"}},
        {set(3, "strides", Integers{0, 1}), {"'conv'", "'strides'", "at least 1"}},
        {set(3, "pads", Integers{0, 0, -1, 0}), {"'conv'", "'pads'", "at least 0"}},
        {set(3, "auto_pad", "SAME"), {"'conv'", "'auto_pad' is 'SAME'", "SAME_UPPER"}},
        {set(3, "colour", std::int64_t{2}), {"'conv'", "'colour'", "not supported"}},
        {set(4, "alpha", std::int64_t{1}), {"'leaky'", "'alpha'", "floating-point"}},
        {set(5, "training_mode", std::int64_t{1}), {"'norm'", "'training_mode'"}},
    };
}

std::vector<Defect> defects_of_values()
{
    return {
        {[](Graph& g) { g.opset = 12; }, {"opset is 12"}},
        {[](Graph& g) { g.opset = 18; }, {"opset is 18"}},
        {[](Graph& g) { g.outputs.clear(); }, {"no output"}},
        {[](Graph& g) { g.outputs[0].name = "lost"; }, {"'lost'", "not defined"}},
        {[](Graph& g) { g.inputs[1].name = "latent"; }, {"'latent'", "twice"}},
        {[](Graph& g) {
             g.inputs[0].shape = {4, batch_dimension};
         },
         {"'latent'", "only the first"}},
        {[](Graph& g) {
             g.inputs[0].shape = {0, 4};
         },
         {"'latent'", "is 0"}},
        {[](Graph& g) { g.constants["conv.bias"].floats.pop_back(); }, {"'conv.bias'", "[2]"}},
        {[](Graph& g) {
             g.constants["conv.bias"].integers = {1, 2};
         },
         {"'conv.bias'"}},
        {[](Graph& g) { g.constants["conv.bias"].type = ElementType::int8; }, {"'conv.bias'"}},
        {[](Graph& g) { g.constants["conv.bias"].shape = {-2}; }, {"'conv.bias'", "impossible"}},
    };
}

TEST(Check, every_defect_is_named)
{
    for (auto const& defects : {defects_of_nodes(), defects_of_attributes(), defects_of_values()})
        for (auto const& defect : defects) {
            auto graph = small_network();
            defect.make(graph);
            EXPECT_TRUE(mentions(error_of([&] { check(graph); }), defect.named));
        }
}

TEST(Check, required_attributes_must_be_there)
{
    auto const x = counting({1, 4, 1, 1});
    EXPECT_TRUE(mentions(error_of([&] {
                             check(graph_of({"DepthToSpace", {x}}));
                         }),
                         {"DepthToSpace node 'tested'", "'blocksize' is missing"}));
    EXPECT_TRUE(mentions(error_of([&] {
                             check(graph_of({"Cast", {x}, {{"to", std::int64_t{11}}}}));
                         }),
                         {"Cast node 'tested'", "'to' is 11"}));
    EXPECT_TRUE(mentions(error_of([&] {
                             check(graph_of({"Constant", {}}));
                         }),
                         {"Constant node 'tested'", "one value"}));
}

TEST(Check, the_list_of_operators_is_complete)
{
    for (auto const* op : {"Conv", "ConvTranspose", "QuantizeLinear", "Resize", "Softplus"})
        EXPECT_NE(supported_operators().find(op), std::string::npos) << op;
    EXPECT_EQ(find_operator("LSTM"), nullptr);
}

TEST(TopologicalOrder, shuffled_nodes_are_put_in_order)
{
    auto graph = small_network();
    std::reverse(graph.nodes.begin(), graph.nodes.end());
    EXPECT_THROW(check(graph), InputError);
    sort_topologically(graph);
    EXPECT_NO_THROW(check(graph));
}

TEST(TopologicalOrder, a_cycle_is_named)
{
    auto graph = small_network();
    graph.nodes[3].inputs[0] = "leaky.out";  // of the node behind it
    EXPECT_TRUE(mentions(error_of([&] { sort_topologically(graph); }), {"'conv'", "cycle"}));
}

}  // namespace
}  // namespace lowcal::graph
