// A network comes back from its exported form with the same weights and the same showers.

#include "training/exporting/import.hpp"

#include "graph/one_node.hpp"
#include "training/exporting/export.hpp"
#include "training/stored_generator.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

using graph::error_of;
using graph::mentions;

/// The image's scale is divided out of the last weights and multiplied in again.
constexpr double two_roundings = 2 * 0x1p-24;

torch::Tensor image(Generator& generator)
{
    torch::NoGradGuard const no_gradient;
    torch::manual_seed(4);
    return generator->forward(torch::randn({2, latent_size}), {.pass = {.phase = Phase::generate}});
}

double worst_relative(torch::Tensor const& found, torch::Tensor const& expected)
{
    return ((found - expected).abs() / expected.abs().clamp_min(1e-30)).max().item<double>();
}

class Import : public ::testing::TestWithParam<Architecture> {
protected:
    StoredGenerator stored = make_generator(GetParam());
    graph::Graph exported = to_graph(stored);
};

template <typename Named>
void expect_equal(Named const& found, Named const& expected, std::string const& last_layer)
{
    ASSERT_EQ(found.size(), expected.size());
    for (auto const& item : expected) {
        auto const& tensor = found[item.key()];
        if (item.key().find(last_layer) == std::string::npos)
            EXPECT_TRUE(torch::equal(tensor, item.value())) << item.key();
        else
            EXPECT_LE(worst_relative(tensor, item.value()), two_roundings) << item.key();
    }
}

TEST_P(Import, returns_every_weight_and_normalisation_constant)
{
    auto const back = generator_from(exported);
    EXPECT_EQ(back->architecture(), GetParam());
    expect_equal(back->named_parameters(), stored.generator->named_parameters(), "output_weight");
    expect_equal(back->named_buffers(), stored.generator->named_buffers(), "output_weight");
}

TEST_P(Import, returns_a_generator_of_the_same_showers)
{
    auto const expected = image(stored.generator);
    auto const scale = expected.abs().max().item<double>();
    auto const difference = [&](Generator generator) {
        return (image(generator) - expected).abs().max().item<double>() / scale;
    };
    // Only the last layer's weights may have moved. Its output sums products of which each may be
    // a hundred times the largest cell and more where they cancel.
    double const tolerance = 100 * two_roundings;
    EXPECT_LE(difference(generator_from(exported)), tolerance);

    auto changed = exported;  // the check bites
    for (auto& value : changed.constants.at("dense.bias").floats) value += 0.001F;
    EXPECT_GT(difference(generator_from(changed)), tolerance);
}

TEST_P(Import, makes_a_network_that_is_exported_as_the_same_constants)
{
    auto const again = to_graph({.generator = generator_from(exported),
                                 .config = stored.config,
                                 .provenance = stored.provenance});
    ASSERT_EQ(again.constants.size(), exported.constants.size());
    for (auto const& [name, constant] : exported.constants) {
        auto const& found = again.constants.at(name);
        EXPECT_EQ(found.shape, constant.shape) << name;
        EXPECT_EQ(found.integers, constant.integers) << name;
        if (name.find("output.weight") != std::string::npos) continue;  // rounded, see above
        EXPECT_EQ(found.floats, constant.floats) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Networks, Import,
                         ::testing::Values(Architecture::conv2d, Architecture::conv3d),
                         [](auto const& one) { return std::string(name_of(one.param)); });

/// A network as exported, in which one thing is then changed.
class ForeignImport : public ::testing::Test {
protected:
    graph::Graph network =
        to_graph({.generator = Generator(GeneratorImpl::Config{}), .config = {}, .provenance = {}});
    graph::Tensor& weight = network.constants.at("dense.weight");
    graph::Tensor& bias = network.constants.at("dense.bias");

    std::string error() const
    {
        return error_of([this] { generator_from(network); });
    }
};

TEST_F(ForeignImport, names_the_constant_that_is_missing)
{
    network.constants.erase("merge.output.weight");
    EXPECT_TRUE(mentions(error(), {"'merge.output.weight'", "'conv2d'"}));
}

TEST_F(ForeignImport, names_the_constant_of_another_length)
{
    bias.floats.push_back(0.0F);
    bias.shape = {bias.shape[0] + 1};
    EXPECT_TRUE(mentions(error(), {"'dense.bias'", "shape"}));
}

TEST_F(ForeignImport, names_the_constant_of_as_many_numbers_in_another_order)
{
    std::swap(weight.shape[0], weight.shape[1]);
    EXPECT_TRUE(mentions(error(), {"'dense.weight'", "shape"}));
}

TEST_F(ForeignImport, names_the_constant_that_holds_whole_numbers)
{
    bias = graph::integers(bias.shape, graph::Shape(bias.floats.size(), 1));
    EXPECT_TRUE(mentions(error(), {"'dense.bias'", "float32"}));
}

TEST_F(ForeignImport, refuses_an_architecture_that_is_not_trained_or_not_what_the_name_says)
{
    network.name = "resnet";
    EXPECT_TRUE(mentions(error(), {"resnet"}));
    network.name = "conv3d";
    EXPECT_TRUE(mentions(error(), {"constant 'dense."}));
}

}  // namespace
}  // namespace lowcal::training
