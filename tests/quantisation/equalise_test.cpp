#include "quantisation/form/equalise.hpp"

#include "quantisation/form/blocks.hpp"
#include "quantisation/form/canonical_form.hpp"
#include "quantisation/scales/channel_moments.hpp"
#include "small_int8.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace lowcal::quantisation {
namespace {

/// The small generator's function, with one channel of each branch's first block 128 times larger
/// than it was and what reads it as much smaller: what trained networks have.
graph::Graph uneven_generator()
{
    auto const even = canonical_form(test::small_generator(), {.energy_offset = 1.0}).graph;
    auto network = even;
    Blocks const blocks(even);
    std::vector<float> const factors{128, 1, 1, 1, 1, 1, 1, 1};
    for (auto const* value : {"branch0.norm", "branch1.norm"}) {
        scale_result(network, *blocks.ending_in(value), factors);
        divide_input_channels(network, *blocks.reading_convolution(value), 0, factors);
    }
    return network;
}

TEST(EqualiseChannels, is_exact_and_brings_channels_together)
{
    auto const network = uneven_generator();
    auto const plan = plan_int8(network, {.least_channels = 5});
    test::ReferenceRunner const runner;
    auto const equal = equalise_channels(network, plan, runner, 1.0);
    EXPECT_EQ(test::cells_of(equal), test::cells_of(network));  // powers of two: bit by bit

    auto const spread = [&](graph::Graph const& graph) {
        auto const largest = channel_moments(graph, {"branch0.norm"}, runner).front().largest;
        auto const [low, high] = std::minmax_element(largest.begin(), largest.end());
        return *high / *low;
    };
    EXPECT_GT(spread(network), 30.0);
    EXPECT_LE(spread(equal), 2.0);  // a power of two is within sqrt(2) of what is wanted, each way
}

TEST(EqualiseChannels, lowers_the_noise_of_int8)
{
    auto const network = uneven_generator();
    auto const plan = plan_int8(network, {.least_channels = 5});
    test::ReferenceRunner const runner;
    auto const noise = [&](double strength) {
        auto const equal =
            strength > 0 ? equalise_channels(network, plan, runner, strength) : network;
        auto const int8 = rewrite_int8(equal, plan, calibrate(equal, plan, runner), {});
        return test::relative_noise(test::cells_of(network), test::cells_of(int8.graph));
    };
    EXPECT_LT(noise(0.7), 0.3 * noise(0.0));
}

TEST(ChannelMoments, are_those_of_the_numbers)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "latent", .shape = {graph::batch_dimension, 6}},
                        {.name = "energy", .shape = {graph::batch_dimension, 1}}};
    net.graph.outputs = {{.name = "pairs", .shape = {graph::batch_dimension, 2, 3}}};
    net.node("Reshape", "pairs", {"latent", net.shape_constant("shape", {0, 2, 3})});
    auto const moments = channel_moments(net.graph, {"pairs"}, test::ReferenceRunner()).front();
    auto const latent = test::calibration_inputs().at("latent").floats;
    double sum = 0, square = 0, largest = 0;
    for (std::size_t i = 0; i < latent.size(); ++i) {
        if (i / 3 % 2 != 1) continue;
        auto const x = static_cast<double>(latent[i]);
        sum += x;
        square += x * x;
        largest = std::max(largest, std::abs(x));
    }
    auto const count = static_cast<double>(latent.size()) / 2;
    EXPECT_DOUBLE_EQ(moments.means[1], sum / count);
    EXPECT_DOUBLE_EQ(moments.mean_squares[1], square / count);
    EXPECT_EQ(moments.largest[1], largest);
    EXPECT_NE(moments.means[0], moments.means[1]);
}

}  // namespace
}  // namespace lowcal::quantisation
