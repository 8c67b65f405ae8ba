#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "graph/patterns/shower_development.hpp"
#include "graph/patterns/split_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lowcal::graph {
namespace {

Detector small_detector()
{
    return {.name = "small",
            .axes = {{{.name = "x", .cells = 5, .size = 1},
                      {.name = "y", .cells = 6, .size = 1},
                      {.name = "z", .cells = 3, .size = 1}}},
            .depth = 2};
}

TEST(SplitTree, halves_the_layer_down_to_cells)
{
    auto const tree = split_tree(small_detector());
    EXPECT_EQ(tree.cells, (BlockGrid{5, 6}));
    // The middle cells, 2 and 3, begin the second half of 8.
    EXPECT_EQ(tree.lead, (BlockGrid{2, 1}));
    EXPECT_EQ(tree.stages.front().parents, (BlockGrid{1, 1}));
    EXPECT_EQ(tree.stages.back().children, (BlockGrid{7, 7}));
    for (std::size_t s = 1; s < tree.stages.size(); ++s)
        EXPECT_EQ(tree.stages[s].parents, tree.stages[s - 1].children);
    EXPECT_EQ(tree.stages.back().child_cells, (BlockGrid{1, 1}));
}

TEST(SplitTree, of_the_shipped_detector_meets_at_the_central_cell)
{
    auto const tree = split_tree(clic_detector());
    EXPECT_EQ(tree.lead, (BlockGrid{4, 4}));
    auto const& first = tree.stages.front();
    auto const cells = first.by_rows() ? first.child_cells.rows : first.child_cells.columns;
    EXPECT_EQ(cells, 16);  // cell 12 of 25 behind a lead of 4
}

TEST(SplitTree, of_a_cylinder_has_no_lead)
{
    auto detector = small_detector();
    detector.geometry = Geometry::cylindrical;
    EXPECT_EQ(split_tree(detector).lead, (BlockGrid{0, 0}));
}

/// A network of small random weights for the small detector.
struct Case {
    SplitNetworkConfig config{.tree = split_tree(small_detector()),
                              .layers = 3,
                              .primary = 2,
                              .trunk = 8,
                              .energy = 6,
                              .unit = 0.1F,
                              .least = 0.01F};
    std::vector<float> weights;
    std::vector<float> uniform =
        std::vector<float>(static_cast<std::size_t>(config.uniform_count()));
    std::vector<float> layers{3.0F, 0.0F, 0.25F};
    std::vector<float> primary{0.3F, -0.2F};
    std::vector<float> entry{0.1F, -0.4F};

    explicit Case(std::uint64_t seed, std::int64_t single = 0, std::int64_t count = 3,
                  bool development = false)
    {
        config.single = single;
        config.layers = count;
        config.development = development;
        layers.resize(static_cast<std::size_t>(count));
        uniform.resize(static_cast<std::size_t>(config.uniform_count()));
        weights.resize(static_cast<std::size_t>(split_counts(config).numbers));
        ItemRandom({.seed = seed}, 0).normal(weights);
        for (float& weight : weights) weight *= 0.3F;
        ItemRandom({.seed = seed}, 1).uniform(uniform);
    }
    std::vector<float> divide() const { return divide(SplitWeights(config, weights)); }
    std::vector<float> divide(SplitWeights const& numbers, SplitRanges* ranges = nullptr) const
    {
        std::vector<float> cells(
            static_cast<std::size_t>(config.layers * config.tree.cells.count()));
        SplitNetwork(config, numbers)
            .divide({.layers = layers, .primary = primary, .entry = entry, .uniform = uniform},
                    cells, ranges);
        return cells;
    }
};

TEST(SplitNetwork, keeps_the_energy_of_layers)
{
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        Case const one(seed);
        auto const cells = one.divide();
        auto const size = static_cast<std::ptrdiff_t>(one.config.tree.cells.count());
        for (std::size_t layer = 0; layer < one.layers.size(); ++layer) {
            auto const first = cells.begin() + static_cast<std::ptrdiff_t>(layer) * size;
            // Halving a float and subtracting the half is exact to its last digits.
            EXPECT_NEAR(std::accumulate(first, first + size, 0.0F), one.layers[layer],
                        1e-6F * static_cast<float>(size));
        }
    }
}

TEST(SplitNetwork, makes_cells_of_no_less_than_the_least_energy_or_none)
{
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        Case const one(seed);
        for (float const cell : one.divide())
            EXPECT_TRUE(cell == 0 || cell >= one.config.least * 0.999F) << cell;
    }
}

TEST(SplitNetwork, gives_a_layer_no_more_hits_than_its_energy_allows)
{
    Case one(3);
    one.layers = {0.035F, 0.005F, 0.0F};  // three hits at most; none; none
    auto const cells = one.divide();
    auto const size = static_cast<std::ptrdiff_t>(one.config.tree.cells.count());
    auto const hits = [&](std::ptrdiff_t layer) {
        return std::count_if(cells.begin() + layer * size, cells.begin() + (layer + 1) * size,
                             [](float cell) { return cell > 0; });
    };
    EXPECT_GE(hits(0), 1);
    EXPECT_LE(hits(0), 3);
    EXPECT_EQ(hits(1), 0);
    EXPECT_EQ(hits(2), 0);
}

TEST(SplitNetwork, divides_single_hits_by_a_network_of_their_own)
{
    Case one(4, 5);
    one.layers = {1.5F * one.config.least, 0, 0};  // enough for a single hit
    SplitWeights const weights(one.config, one.weights);
    auto const cells = one.divide(weights);
    ASSERT_EQ(std::ranges::count_if(cells, [](float cell) { return cell > 0; }), 1);
    auto const with_other_hits = [&](bool of_single) {
        auto other = weights;
        for (std::size_t s = 0; s < other.stages.size(); ++s) {
            auto const forms = one.config.divisions(one.config.tree.stages[s]);
            for (std::size_t d = 0; d < forms.size(); ++d)
                if (forms[d].of_single == of_single)
                    for (float& bias : other.stages[s].divisions[d].hits.bias) bias -= 2.0F;
        }
        return one.divide(other);
    };
    EXPECT_EQ(with_other_hits(false), cells);
    EXPECT_NE(with_other_hits(true), cells);
}

TEST(ShowerDevelopment, is_what_layers_say_of_their_shower)
{
    std::vector<float> const layers{1, 0, 3, 4};
    std::vector<ShowerDevelopment> found(layers.size());
    find_development(layers, found);
    // (0 + 6 + 12) / 8, and the root of the mean square about it.
    float const mean = 2.25F, length = std::sqrt((5.0625F + 3 * 0.0625F + 4 * 0.5625F) / 8);
    std::vector<float> const before{0.5F, 1.0F, 2.5F, 6.0F};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        EXPECT_FLOAT_EQ(found[i].before, before[i]);
        EXPECT_FLOAT_EQ(found[i].behind, 8 - before[i]);
        EXPECT_FLOAT_EQ(found[i].depth, mean - static_cast<float>(i));
        EXPECT_FLOAT_EQ(found[i].length, length);
    }
    find_development(std::vector<float>(4, 0.0F), found);
    for (auto const& one : found)
        EXPECT_EQ(std::abs(one.before) + std::abs(one.behind) + std::abs(one.depth) + one.length,
                  0.0F);
}

TEST(SplitNetwork, tells_layers_of_their_shower_s_development_where_it_has_that)
{
    // Energy that comes in the fourth layer or the last: layers that the first one does not see.
    auto const first_layer = [](Case const& which) {
        auto cells = which.divide();
        cells.resize(static_cast<std::size_t>(which.config.tree.cells.count()));
        return cells;
    };
    for (bool const told : {false, true}) {
        Case near(6, 0, 6, told), far(6, 0, 6, told);
        near.layers = {3.0F, 1.0F, 1.0F, 2.0F, 0.0F, 0.0F};
        far.layers = {3.0F, 1.0F, 1.0F, 0.0F, 0.0F, 2.0F};
        EXPECT_EQ(first_layer(near) != first_layer(far), told);
    }
}

class SplitWeightsOf : public testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(, SplitWeightsOf, testing::Values(0, 5));

TEST_P(SplitWeightsOf, a_width_of_single_hits_survive_their_storage)
{
    Case const one(2, GetParam());
    SplitWeights const weights(one.config, one.weights);
    EXPECT_EQ(weights.stored(one.config).numbers, one.weights);
    SplitRanges ranges(one.config);
    one.divide(weights, &ranges);
    auto const made = int8_split(one.config, weights, ranges);
    auto const stored = made.weights.stored(made.config);
    auto const counts = split_counts(made.config);
    EXPECT_EQ(static_cast<std::int64_t>(stored.numbers.size()), counts.numbers);
    EXPECT_EQ(static_cast<std::int64_t>(stored.levels.size()), counts.levels);
    EXPECT_GT(counts.levels, counts.numbers / 4);
    SplitWeights const read(made.config, stored.numbers, stored.levels);
    auto const again = read.stored(made.config);
    EXPECT_EQ(again.numbers, stored.numbers);
    EXPECT_EQ(again.levels, stored.levels);
    constexpr std::size_t every = 7;  // reading all of them once for each takes long
    std::size_t refused = 0;
    for (std::size_t i = 0; i < stored.numbers.size(); i += every) {
        auto other = stored.numbers;
        other[i] = -other[i];
        try {
            SplitWeights const negative(made.config, other, stored.levels);
        } catch (InputError const&) {
            ++refused;
        }
        other[i] = NAN;
        EXPECT_THROW(SplitWeights(made.config, other, stored.levels), InputError) << i;
    }
    // All scales, and no weights.
    EXPECT_GT(every * refused, 10 * made.config.tree.stages.size());
    EXPECT_LT(every * refused, stored.numbers.size() / 2);
    EXPECT_THROW(SplitWeights(made.config, std::span(stored.numbers).subspan(1), stored.levels),
                 InputError);
    auto wrong = stored.numbers;
    std::ranges::fill(wrong, 0.0F);
    EXPECT_THROW(SplitWeights(made.config, wrong, stored.levels), InputError);
}

/// Of the mean of an output over what a layer has met, how far int8's is from float32's in products
/// of two levels, at worst.
float worst_shift(SplitWeights::Dense const& exact, SplitWeights::Dense const& rounded,
                  InputMeans const& means)
{
    float worst = 0;
    auto const outputs = static_cast<std::size_t>(exact.outputs);
    for (std::size_t o = 0; o < outputs; ++o) {
        float shift = rounded.bias[o] - exact.bias[o];
        for (std::size_t i = 0; i < static_cast<std::size_t>(exact.inputs); ++i) {
            float const unit = rounded.levels[i].scale > 0 ? rounded.levels[i].scale : 1.0F;
            auto const at = i * outputs + o;
            shift += means[i] * (rounded.weights[at] / unit - exact.weights[at]);
        }
        worst = std::max(worst, std::abs(shift) / rounded.scales[o]);
    }
    return worst;
}

TEST_P(SplitWeightsOf, a_width_of_single_hits_leave_the_means_of_outputs_where_they_were)
{
    Case const one(4, GetParam());
    SplitWeights const weights(one.config, one.weights);
    SplitRanges ranges(one.config);
    one.divide(weights, &ranges);
    auto const made = int8_split(one.config, weights, ranges);
    float worst = 0;
    for (std::size_t s = 0; s < weights.stages.size(); ++s)
        for (std::size_t d = 0; d < weights.stages[s].divisions.size(); ++d) {
            auto const& exact = weights.stages[s].divisions[d];
            auto const& rounded = made.weights.stages[s].divisions[d];
            auto const& means = ranges.divisions[s][d].means;
            worst = std::max({worst, worst_shift(exact.first, rounded.first, means.first),
                              worst_shift(exact.second, rounded.second, means.second),
                              worst_shift(exact.hits, rounded.hits, means.hits)});
            if (one.config.divisions(one.config.tree.stages[s])[d].of_single) continue;
            worst = std::max({worst, worst_shift(exact.inner, rounded.inner, means.inner),
                              worst_shift(exact.energy, rounded.energy, means.energy)});
        }
    EXPECT_LT(worst, 0.01F);  // float's rounding; not put right 780 and 840
}

TEST(SplitRanges, of_divisions_that_met_nothing_are_those_of_the_nearest_of_their_kind)
{
    Case const one(4, 5);
    SplitRanges ranges(one.config);
    EXPECT_THROW(ranges.complete(one.config), InputError);
    one.divide(SplitWeights(one.config, one.weights), &ranges);
    auto const forms = [&](std::size_t stage) {
        return one.config.divisions(one.config.tree.stages[stage]);
    };
    std::size_t unmet = 0;
    auto const last = ranges.divisions.size() - 1;
    for (auto const& stage : ranges.divisions)
        for (auto const& division : stage) unmet += division.means.first.count() == 0 ? 1 : 0;
    std::size_t single = 0;
    while (!forms(last)[single].of_single ||
           ranges.divisions[last][single].means.first.count() == 0)
        ++single;
    auto const met = ranges.divisions[last][single];
    ranges.divisions[last][single] = SplitRanges(one.config).divisions[last][single];
    EXPECT_EQ(ranges.complete(one.config), unmet + 1);
    auto const& given = ranges.divisions[last][single];
    EXPECT_EQ(given.means.first.count(), 0U);
    EXPECT_GT(given.of_first.largest, 0);
    EXPECT_EQ(given.of_inner.largest, 0);  // of which single hits have none
    EXPECT_NE(given.of_first.largest, met.of_first.largest);
    auto const made = int8_split(one.config, SplitWeights(one.config, one.weights), ranges);
    EXPECT_NO_THROW(SplitWeights(made.config, made.weights.stored(made.config).numbers,
                                 made.weights.stored(made.config).levels));
}

TEST_P(SplitWeightsOf, a_width_of_single_hits_fit_a_node_s_attributes)
{
    Case const one(1, GetParam());
    Node node{.name = "cells", .op = "SplitTree", .attributes = attributes_of(one.config)};
    auto const read = split_config(node);
    EXPECT_EQ(split_counts(read).numbers, split_counts(one.config).numbers);
    EXPECT_EQ(read.uniform_count(), one.config.uniform_count());
    EXPECT_EQ(read.tree.lead, one.config.tree.lead);
    EXPECT_EQ(read.least, one.config.least);
    EXPECT_EQ(read.single, one.config.single);
    for (auto const& [name, value] : one.config.tree.stages.empty()
                                         ? std::map<std::string, Attribute>{}
                                         : attributes_of(one.config)) {
        auto wrong = node;
        if (std::holds_alternative<float>(value))
            wrong.attributes[name] = NAN;
        else
            wrong.attributes[name] = std::int64_t{-2};
        EXPECT_THROW(split_config(wrong), InputError) << name;
    }
}

}  // namespace
}  // namespace lowcal::graph
