// int8 convolutions whose source has a zero point and padding: what lies in the padding is that
// zero point, in every axis, on both sides. All scales are powers of two, so that float32 sums are
// exact and runtime and reference must agree to the bit.

#include "graph/model/graph_builder.hpp"
#include "graph/reference/reference.hpp"
#include "quantisation/quantised_value.hpp"
#include "runtime/onednn/dnnl_convolution.hpp"
#include "runtime/plan.hpp"
#include "runtime/steps/value.hpp"

#include <gtest/gtest.h>

#include <random>

namespace lowcal::quantisation {
namespace {

using Integers = std::vector<std::int64_t>;

struct Case {
    char const* name;
    std::int64_t in, out, kernel, size;
    int axes;
    std::int64_t before, after;
    std::int64_t stride = 1;
    std::int64_t dilation = 1;
    bool per_shower_bias = false;
    bool levels_out = true;
};

void PrintTo(Case const& one, std::ostream* stream)
{
    *stream << one.name;
}

class Network {
public:
    Network(Case const& one, std::int64_t zero_point) : build_(graph_)
    {
        auto const axes = static_cast<std::size_t>(one.axes);
        graph::Shape shape{graph::batch_dimension, one.in};
        shape.insert(shape.end(), axes, one.size);
        graph_.inputs = {{.name = "x", .shape = shape},
                         {.name = "bias", .shape = {graph::batch_dimension, one.out}}};
        graph::Tensor levels{.type = graph::ElementType::int8, .shape = {one.out, one.in}};
        levels.shape.insert(levels.shape.end(), axes, one.kernel);
        std::mt19937 random(7);
        for (std::size_t i = 0; i < runtime::elements(levels.shape); ++i)
            levels.integers.push_back(static_cast<std::int64_t>(random() % 129) - 64);
        auto const weights =
            build_.node({.name = "weights",
                         .op = "DequantizeLinear",
                         .inputs = {build_.constant("weight_levels", levels),
                                    build_.floats("weight_scale", {}, {0x1p-6F})}});
        Integers pads(axes, one.before);
        pads.insert(pads.end(), axes, one.after);
        auto value = build_.node(
            {.name = "convolution",
             .op = "Conv",
             .inputs = {test::quantised(build_, "input", "x", 0x1p-5F, zero_point), weights},
             .attributes = {{"pads", pads},
                            {"strides", Integers(axes, one.stride)},
                            {"dilations", Integers(axes, one.dilation)}}});
        if (one.per_shower_bias) {
            graph::Tensor as_image{.type = graph::ElementType::int64,
                                   .shape = {static_cast<std::int64_t>(2 + axes)}};
            Integers sizes(2 + axes, 1);
            sizes[0] = 0;
            sizes[1] = one.out;
            as_image.integers = sizes;
            auto const bias =
                build_.node({.name = "bias.image",
                             .op = "Reshape",
                             .inputs = {"bias", build_.constant("bias.shape", as_image)}});
            value = build_.binary("Add", "biased", value, bias);
        }
        value = build_.node({.name = "leaky",
                             .op = "LeakyRelu",
                             .inputs = {value},
                             .attributes = {{"alpha", 0.25F}}});
        if (one.levels_out) value = test::quantised(build_, "result", value, 0x1p-1F, 100);
        graph_.outputs = {{.name = value, .shape = {}}};
    }
    graph::Graph const& graph() const { return graph_; }

private:
    graph::Graph graph_;
    graph::GraphBuilder build_;
};

class PaddedLayer : public ::testing::TestWithParam<Case> {};

TEST_P(PaddedLayer, has_the_zero_point_in_its_padding)
{
    auto const& one = GetParam();
    if (runtime::volumes_get_wrong_numbers(static_cast<std::size_t>(one.axes)))
        GTEST_SKIP() << "volumes run in float32 on this CPU";
    constexpr std::int64_t batch = 3;
    auto const right = Network(one, 117).graph();
    graph::Tensor x{.shape = {batch, one.in}};
    x.shape.insert(x.shape.end(), static_cast<std::size_t>(one.axes), one.size);
    std::mt19937 random(5);
    for (std::size_t i = 0; i < runtime::elements(x.shape); ++i)
        x.floats.push_back(0x1p-5F * (static_cast<float>(random() % 256) - 117));
    graph::Tensor bias{.shape = {batch, one.out}};
    for (std::int64_t i = 0; i < batch * one.out; ++i)
        bias.floats.push_back(static_cast<float>(i % 11) - 5);

    auto const by_reference = [&](graph::Graph const& network) {
        return graph::run_reference(network, {{"x", x}, {"bias", bias}})
            .at(network.outputs.front().name)
            .floats;
    };
    auto const wanted = by_reference(right);
    runtime::Plan const plan(right, {.batch = batch});
    ASSERT_EQ(plan.precision(), runtime::Precision::int8);
    std::vector<float> found(wanted.size());
    std::span<float const> const inputs[] = {x.floats, bias.floats};
    std::span<float> const output = found;
    runtime::PlanRun run(plan);
    run(inputs, {&output, 1});
    EXPECT_EQ(found, wanted);
    EXPECT_NE(by_reference(Network(one, 118).graph()), wanted);  // the check bites
}

INSTANTIATE_TEST_SUITE_P(
    Layers, PaddedLayer,
    ::testing::Values(Case{"two_axes_3_before_4_after", 8, 8, 8, 10, 2, 3, 4},
                      Case{"to_float32", 8, 8, 8, 10, 2, 3, 4, 1, 1, false, false},
                      Case{"bias_per_shower", 16, 8, 6, 9, 2, 2, 3, 1, 1, true},
                      Case{"strides", 64, 8, 3, 9, 2, 1, 1, 2},
                      Case{"dilations", 64, 8, 3, 9, 2, 2, 1, 1, 2},
                      Case{"three_axes", 32, 8, 3, 6, 3, 1, 1},
                      Case{"few_products", 8, 8, 3, 9, 2, 1, 1}),
    [](auto const& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace lowcal::quantisation
