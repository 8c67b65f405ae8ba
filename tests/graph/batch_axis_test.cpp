#include "graph/shapes/batch_axis.hpp"

#include "graph/model/graph_builder.hpp"
#include "graph/model/operators.hpp"
#include "graph/one_node.hpp"
#include "graph/reference/reference.hpp"
#include "graph/shapes/batch_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

namespace lowcal::graph {
namespace {

constexpr std::int64_t batch = 3;

/// x [N, 2, 3, 4] -> ... -> y; the nodes come from a test.
class Network {
public:
    Network()
    {
        graph.name = "batch";
        graph.inputs = {{.name = "x", .shape = {batch_dimension, 2, 3, 4}}};
        graph.outputs = {{.name = "y", .shape = {}}};
    }
    std::string node(std::string const& op, std::vector<std::string> inputs,
                     Attributes attributes = {})
    {
        auto const name = "n" + std::to_string(graph.nodes.size());
        return builder.node({.name = name,
                             .op = op,
                             .inputs = std::move(inputs),
                             .attributes = std::move(attributes)});
    }
    std::string constant(Tensor tensor)
    {
        return builder.constant("c" + std::to_string(graph.constants.size()), std::move(tensor));
    }
    std::string integers(std::vector<std::int64_t> values)
    {
        auto const count = static_cast<std::int64_t>(values.size());
        return constant({ElementType::int64, {count}, {}, std::move(values)});
    }
    Graph ending_in(std::string const& value)
    {
        auto result = graph;
        result.nodes.push_back(
            {.name = "y", .op = "Identity", .inputs = {value}, .outputs = {"y"}});
        return result;
    }

    Graph graph;
    GraphBuilder builder{graph};
};

using Make = std::string (*)(Network&);

/// What is said of the network that `make` appends to x: nothing if its showers are independent.
std::string objection(Make make)
{
    Network network;
    auto const graph = network.ending_in(make(network));
    return showers_at_once(graph, batch).reason;
}

using List = std::vector<std::int64_t>;

TEST(BatchAxis, networks_that_keep_showers_apart_are_accepted)
{
    std::vector<Make> const makers{
        [](Network& n) { return n.node("Relu", {"x"}); },
        [](Network& n) {  // the showers are elsewhere in between
            auto const t = n.node("Transpose", {"x"}, {{"perm", List{3, 1, 0, 2}}});
            auto const a = n.node("LeakyRelu", {t});
            return n.node("Transpose", {a}, {{"perm", List{2, 1, 3, 0}}});
        },
        [](Network& n) {  // two axes folded into one, and parted again
            auto const folded = n.node("Reshape", {"x", n.integers({-1, 12})});
            auto const dense = n.node("MatMul", {folded, n.constant(counting({12, 5}))});
            return n.node("Reshape", {dense, n.integers({-1, 2, 5})});
        },
        [](Network& n) {  // showers along columns
            auto const flat = n.node("Flatten", {"x"});
            auto const t = n.node("Transpose", {flat}, {{"perm", List{1, 0}}});
            return n.node("Gemm", {t, n.constant(counting({24, 2}))},
                          {{"transA", std::int64_t{1}}});
        },
        [](Network& n) {
            auto const flat = n.node("Flatten", {"x"});
            auto const t = n.node("Transpose", {flat}, {{"perm", List{1, 0}}});
            auto const product = n.node("MatMul", {n.constant(counting({5, 24})), t});
            return n.node("Transpose", {product}, {{"perm", List{1, 0}}});
        },
        [](Network& n) {
            auto const t = n.node("Transpose", {"x"}, {{"perm", List{0, 1, 3, 2}}});
            return n.node("MatMul", {"x", t});
        },
        [](Network& n) {
            auto const sum =
                n.node("ReduceSum", {"x", n.integers({-1, 1})}, {{"keepdims", std::int64_t{0}}});
            auto const back = n.node("Unsqueeze", {sum, n.integers({1, 3})});
            return n.node("Div", {"x", back});
        },
        [](Network& n) {
            return n.node(
                "Slice", {"x", n.integers({0, 0}), n.integers({1LL << 62, 2}), n.integers({0, 3})});
        },
        [](Network& n) {
            return n.node("Pad", {"x", n.integers({0, 0, 1, 0, 0, 2, 0, -1})});
        },
        [](Network& n) {
            return n.node("Concat", {"x", "x"}, {{"axis", std::int64_t{2}}});
        }};
    for (std::size_t i = 0; i < makers.size(); ++i)
        EXPECT_EQ(objection(makers[i]), "") << "network " << i;
}

TEST(BatchAxis, networks_that_mix_showers_run_one_at_a_time_and_name_the_node)
{
    std::vector<Make> const makers{
        [](Network& n) {  // statistics of the batch
            return n.node("Sub", {"x", n.node("ReduceMean", {"x"}, {{"axes", List{0, 2, 3}}})});
        },
        [](Network& n) {
            return n.node("Div", {"x", n.node("ReduceSum", {"x"})});
        },
        [](Network& n) {  // over a folded axis
            auto const folded = n.node("Reshape", {"x", n.integers({-1, 12})});
            auto const sum = n.node("ReduceSum", {folded, n.integers({0})});
            return n.node("Add", {"x", n.node("Reshape", {sum, n.integers({1, 1, 3, 4})})});
        },
        [](Network& n) {  // every shower with every other
            auto const flat = n.node("Flatten", {"x"});
            auto const t = n.node("Transpose", {flat}, {{"perm", List{1, 0}}});
            return n.node("MatMul", {n.node("MatMul", {flat, t}), flat});
        },
        [](Network& n) {  // turned around
            return n.node("Slice", {"x", n.integers({-1}), n.integers({-(1LL << 62)}),
                                    n.integers({0}), n.integers({-1})});
        },
        [](Network& n) {  // the first shower for all
            auto const first =
                n.node("Slice", {"x", n.integers({0}), n.integers({1}), n.integers({0})});
            return n.node("Add", {"x", first});
        },
        [](Network& n) {  // numbers of neighbours change places
            auto const flat = n.node("Reshape", {"x", n.integers({24, -1})});
            auto const t = n.node("Transpose", {flat}, {{"perm", List{1, 0}}});
            return n.node("Reshape", {t, n.integers({-1, 2, 3, 4})});
        },
        [](Network& n) {  // images of all showers as channels of one
            auto const one = n.node("Reshape", {"x", n.integers({1, -1, 3, 4})});
            auto const sum = n.node("ReduceSum", {one, n.integers({1})});
            return n.node("Add", {"x", sum});
        }};
    for (std::size_t i = 0; i < makers.size(); ++i) {
        Network network;
        auto const graph = network.ending_in(makers[i](network));
        auto const found = showers_at_once(graph, batch);
        EXPECT_EQ(found.showers, 1) << "network " << i;
        EXPECT_TRUE(mentions(found.reason, {"node 'n"})) << "network " << i;
    }
}

TEST(BatchAxis, a_fixed_batch_is_kept_or_refused_by_the_node_that_mixes)
{
    Network network;
    network.graph.inputs.front().shape.front() = 4;
    auto const apart = network.ending_in(network.node("Relu", {"x"}));
    EXPECT_EQ(showers_at_once(apart, 16).showers, 4);
    EXPECT_TRUE(mentions(showers_at_once(apart, 16).reason, {"fixed to 4"}));
    auto const turned =
        network.ending_in(network.node("Add", {"n0", network.constant(counting({4, 1, 1, 1}))}));
    EXPECT_TRUE(mentions(error_of([&] { showers_at_once(turned, 16); }), {"Add node 'n1'"}));
}

TEST(BatchAxis, every_operator_has_a_rule)
{
    std::set<std::string> const shower_less{"Constant", "ConstantOfShape", "Range", "Shape",
                                            "Size"};
    auto rules = dense_batch_rules();
    rules.merge(elementwise_batch_rules());
    rules.merge(layout_batch_rules());
    std::stringstream names(supported_operators());
    std::size_t count = 0;
    for (std::string name; std::getline(names >> std::ws, name, ',');) {
        ++count;
        EXPECT_TRUE(shower_less.contains(name) != rules.contains(name)) << name;
    }
    EXPECT_EQ(count, rules.size() + shower_less.size());
}

/// Networks of random nodes, most of which move the showers about.
class RandomNetwork {
public:
    explicit RandomNetwork(unsigned seed) : random_(seed)
    {
        value_ = "x";
        shape_ = {batch, 2, 3, 4};
        for (int i = 0; i < 6; ++i) append();
    }
    Graph graph() { return network_.ending_in(value_); }

private:
    std::mt19937 random_;
    Network network_;
    std::string value_;
    Shape shape_;  // for `batch` showers

    std::int64_t below(std::size_t n) { return static_cast<std::int64_t>(random_() % n); }

    void append()
    {
        auto const rank = shape_.size();
        switch (below(7)) {
            case 0: {
                List order(rank);
                for (std::size_t i = 0; i < rank; ++i) order[i] = static_cast<std::int64_t>(i);
                std::shuffle(order.begin(), order.end(), random_);
                return take("Transpose", {value_}, {{"perm", order}});
            }
            case 1:
                return reshape();
            case 2:
                return take("ReduceSum", {value_, network_.integers({below(rank)})},
                            {{"keepdims", below(2)}});
            case 3: {
                auto shape = shape_;
                for (auto& size : shape)
                    if (below(2) == 0) size = 1;
                return take("Mul", {value_, network_.constant(counting(shape))});
            }
            case 4:
                return take("MatMul", {value_, network_.constant(counting({shape_.back(), 2}))});
            case 5:
                return take("Concat", {value_, value_}, {{"axis", below(rank)}});
            default:
                return take("Slice", {value_, network_.integers({below(2)}),
                                      network_.integers({100}), network_.integers({below(rank)})});
        }
    }

    /// Two neighbours into one axis, or one axis into two.
    void reshape()
    {
        auto sizes = shape_;
        auto const axis = static_cast<std::size_t>(below(sizes.size()));
        if (axis + 1 < sizes.size() && below(2) == 0) {
            sizes[axis] *= sizes[axis + 1];
            sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(axis) + 1);
        } else if (sizes[axis] % 2 == 0) {
            sizes[axis] /= 2;
            sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(axis) + below(2), 2);
        }
        for (auto& size : sizes)
            if (size % batch == 0 && below(3) > 0) {
                size = -1;  // so that other batches fit, too
                break;
            }
        take("Reshape", {value_, network_.integers(sizes)});
    }

    void take(std::string const& op, std::vector<std::string> inputs, Attributes attributes = {})
    {
        value_ = network_.node(op, std::move(inputs), std::move(attributes));
        auto graph = network_.ending_in(value_);
        Tensor const x = counting({batch, 2, 3, 4});
        shape_ = run_reference(graph, {{"x", x}}).at("y").shape;
    }
};

/// Shower `i` alone.
Tensor shower_of(Tensor const& all, std::int64_t i)
{
    Tensor one{.shape = all.shape};
    auto const size = static_cast<std::int64_t>(all.floats.size()) / all.shape[0];
    one.shape[0] = 1;
    one.floats.assign(all.floats.begin() + i * size, all.floats.begin() + (i + 1) * size);
    return one;
}

TEST(BatchAxis, whatever_is_accepted_computes_each_shower_as_if_it_were_alone)
{
    Tensor x = counting({batch, 2, 3, 4});
    for (std::size_t i = 0; i < x.floats.size(); ++i)
        x.floats[i] = static_cast<float>(i * i % 23) - 11.0F;
    int accepted = 0, mixing = 0;
    for (unsigned seed = 0; seed < 600; ++seed) {
        Graph graph;
        try {
            graph = RandomNetwork(seed).graph();
        } catch (InputError const&) {
            continue;  // nothing is left, or the ranks do not fit
        }
        auto const at_once = showers_at_once(graph, batch).showers;
        std::vector<Tensor> together{run_reference(graph, {{"x", x}}).at("y")};
        bool alike = !together.front().shape.empty() && together.front().shape.front() == batch;
        for (std::int64_t i = 0; alike && i < batch; ++i) try {
                alike = run_reference(graph, {{"x", shower_of(x, i)}}).at("y").floats ==
                        shower_of(together.front(), i).floats;
            } catch (InputError const&) {
                alike = false;
            }
        accepted += at_once == batch ? 1 : 0;
        mixing += alike ? 0 : 1;
        EXPECT_TRUE(alike || at_once == 1) << "seed " << seed;
    }
    EXPECT_GT(accepted, 30);
    EXPECT_GT(mixing, 100);  // the check bites
}

}  // namespace
}  // namespace lowcal::graph
