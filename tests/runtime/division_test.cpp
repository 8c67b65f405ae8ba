#include "core/error.hpp"
#include "core/random.hpp"
#include "graph/patterns/split_network.hpp"
#include "runtime/division/batch_division.hpp"
#include "runtime/kernels/division_kernel.hpp"
#include "runtime/kernels/level_product_kernel.hpp"
#include "runtime/plan.hpp"
#include "runtime/showers_apart.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::runtime {
namespace {

using graph::SplitNetworkConfig;

std::size_t size(std::int64_t number)
{
    return static_cast<std::size_t>(number);
}

/// Networks of small random weights, and what a batch of showers is divided by.
struct Case {
    SplitNetworkConfig config;
    std::size_t showers;
    graph::SplitWeights weights;
    std::vector<float> layers, primary, entry, uniform;

    Case(SplitNetworkConfig form, std::size_t count) : config(std::move(form)), showers(count)
    {
        auto const random = [](std::uint64_t item, std::int64_t numbers) {
            std::vector<float> values(size(numbers));
            ItemRandom({.seed = 8}, item).uniform(values);
            return values;
        };
        auto const of_all = static_cast<std::int64_t>(count);
        std::vector<float> numbers(size(graph::split_counts(config).numbers));
        ItemRandom({.seed = 8}, 0).normal(numbers);
        for (float& number : numbers) number *= 0.1F;
        weights = graph::SplitWeights(config, numbers);
        layers = random(1, of_all * config.layers);
        for (std::size_t i = 0; i < layers.size(); ++i)
            layers[i] = i % 5 == 3 ? 0.0F : 6.0F * layers[i] * layers[i];
        primary = random(2, of_all * config.primary);
        entry = random(3, of_all * 2);
        uniform = random(4, of_all * config.uniform_count());
    }

    std::size_t cells_of_shower() const { return size(config.layers * config.tree.cells.count()); }

    std::vector<float> by_reference(graph::SplitRanges* ranges = nullptr) const
    {
        std::vector<float> cells(showers * cells_of_shower());
        graph::SplitNetwork const network(config, weights);
        auto const row = [](std::vector<float> const& numbers, std::size_t i, std::int64_t width) {
            return std::span(numbers).subspan(i * size(width), size(width));
        };
        for (std::size_t i = 0; i < showers; ++i)
            network.divide({.layers = row(layers, i, config.layers),
                            .primary = row(primary, i, config.primary),
                            .entry = row(entry, i, 2),
                            .uniform = row(uniform, i, config.uniform_count())},
                           std::span(cells).subspan(i * cells_of_shower(), cells_of_shower()),
                           ranges);
        return cells;
    }

    /// The same in int8.
    Case in_int8() const
    {
        graph::SplitRanges ranges(config);
        by_reference(&ranges);
        auto other = *this;
        auto made = graph::int8_split(config, weights, ranges);
        other.config = made.config;
        other.weights = made.weights;
        return other;
    }

    /// In batches of `together`, which divides the showers.
    template <class Number>
    std::vector<float> in_batches(std::size_t together) const
    {
        std::vector<float> cells(showers * cells_of_shower(), NAN);
        PackedNetwork<Number> const network(config, weights);
        BatchDivision<Number> division(network, together);
        for (std::size_t first = 0; first < showers; first += together)
            division.run({.layers = layers.data() + first * size(config.layers),
                          .primary = primary.data() + first * size(config.primary),
                          .entry = entry.data() + first * 2,
                          .uniform = uniform.data() + first * size(config.uniform_count()),
                          .uniform_step = size(config.uniform_count()),
                          .cells = cells.data() + first * cells_of_shower()});
        return cells;
    }
};

SplitNetworkConfig form_of(graph::BlockGrid const& cells, graph::BlockGrid const& lead)
{
    return {.tree = graph::split_tree(cells, lead),
            .layers = 5,
            .primary = 3,
            .trunk = 20,
            .energy = 10,
            .unit = 0.1F,
            .least = 0.01F};
}

/// Cartesian; with an angle along the rows, and along the columns, on the way to cells in even and
/// odd numbers of blocks; wide layers behind narrow ones.
std::vector<SplitNetworkConfig> forms()
{
    std::vector<SplitNetworkConfig> all{
        form_of({.rows = 9, .columns = 7}, {.rows = 4, .columns = 1}),
        form_of({.rows = 16, .columns = 9}, {}), form_of({.rows = 5, .columns = 12}, {}),
        form_of({.rows = 10, .columns = 4}, {}), form_of({.rows = 3, .columns = 13}, {})};
    all[1].round_rows = all[3].round_rows = true;
    all[2].round_columns = all[4].round_columns = true;
    all[3].trunk = 16;
    all[3].energy = 40;
    all[1].single = 16;
    all[4].single = 40;
    all[0].development = all[4].development = true;
    return all;
}

/// A network of one node, all of a shower its inputs.
graph::Graph graph_of(Case const& one)
{
    auto const& config = one.config;
    auto const batch = graph::batch_dimension;
    auto stored = one.weights.stored(config);
    graph::Graph network{.name = "division",
                         .inputs = {{.name = "layers", .shape = {batch, config.layers}},
                                    {.name = "primary", .shape = {batch, config.primary}},
                                    {.name = "entry", .shape = {batch, 2}},
                                    {.name = "uniform", .shape = {batch, config.uniform_count()}}},
                         .outputs = {{.name = "cells", .shape = {}}},
                         .nodes = {{.name = "divide",
                                    .op = "SplitTree",
                                    .inputs = {"layers", "primary", "entry", "uniform", "numbers"},
                                    .outputs = {"cells"},
                                    .attributes = graph::attributes_of(config)}},
                         .constants = {},
                         .metadata = {}};
    network.constants["numbers"] = {.shape = {static_cast<std::int64_t>(stored.numbers.size())},
                                    .floats = stored.numbers};
    if (!config.int8) return network;
    network.nodes.front().inputs.push_back("levels");
    auto& levels = network.constants["levels"];
    levels = {.type = graph::ElementType::int8,
              .shape = {static_cast<std::int64_t>(stored.levels.size())}};
    levels.integers.assign(stored.levels.begin(), stored.levels.end());
    return network;
}

std::vector<float> through_plan(Case const& one)
{
    Plan const plan(graph_of(one), {.batch = static_cast<std::int64_t>(one.showers)});
    EXPECT_STREQ(plan.steps().front()->kind(), "division");
    PlanRun run(plan);
    std::vector<float> cells(one.showers * one.cells_of_shower());
    std::vector<std::span<float const>> const inputs{one.layers, one.primary, one.entry,
                                                     one.uniform};
    std::vector<std::span<float>> const outputs{cells};
    run(inputs, outputs);
    return cells;
}

constexpr std::size_t showers = 24;

TEST(BatchDivision, makes_the_reference_s_showers)
{
    for (auto const& form : forms()) {
        Case const one(form, showers);
        auto const expected = one.by_reference();
        auto const found = one.in_batches<float>(showers);
        EXPECT_GT(std::ranges::count_if(found, [](float cell) { return cell > 0; }),
                  static_cast<std::ptrdiff_t>(showers * 50));
        EXPECT_LE(showers_apart(found, expected, one.showers), few) << form.tree.cells.rows;
        auto other = one;
        for (auto& pass : other.weights.stages.back().divisions)
            for (float& bias : pass.energy.bias) bias *= 1.2F;
        EXPECT_GT(showers_apart(other.in_batches<float>(showers), expected, one.showers), few);
    }
}

TEST(BatchDivision, of_a_layer_of_one_cell_gives_it_the_energy)
{
    Case const one(form_of({}, {}), 4);
    EXPECT_EQ(one.in_batches<float>(4), one.by_reference());
    EXPECT_EQ(one.in_batches<float>(4)[0], one.layers[0]);
}

TEST(BatchDivision, runs_in_a_plan_of_any_number_of_showers)
{
    for (auto const& one : {Case(forms()[0], 33), Case(forms()[0], 33).in_int8()}) {
        auto const alone =
            one.config.int8 ? one.in_batches<std::uint8_t>(11) : one.in_batches<float>(11);
        EXPECT_EQ(through_plan(one), alone);
    }
}

TEST(BatchDivision, keeps_numbers_that_are_none)
{
    for (auto one : {Case(forms()[0], 6), Case(forms()[0], 6).in_int8()}) {
        auto const sound = through_plan(one);
        one.layers[size(one.config.layers)] = NAN;        // of shower 1
        one.primary[2 * size(one.config.primary)] = NAN;  // of shower 2
        one.entry[3 * 2] = INFINITY;                      // of shower 3
        auto const found = through_plan(one);
        for (std::size_t i = 0; i < found.size(); ++i) {
            auto const shower = i / one.cells_of_shower();
            if (shower >= 1 && shower <= 3)
                EXPECT_TRUE(std::isnan(found[i])) << i;
            else
                EXPECT_EQ(found[i], sound[i]) << i;
        }
    }
}

TEST(BatchDivision, of_nodes_that_make_no_sense_is_refused)
{
    auto const one = Case(forms()[0], 2).in_int8();
    auto const refused = [&](auto const& change) {
        auto network = graph_of(one);
        change(network);
        EXPECT_THROW(Plan(network, {.batch = 2}), InputError);
    };
    refused([](auto& network) { network.nodes.front().inputs.pop_back(); });
    refused([](auto& network) { network.nodes.front().attributes["int8"] = std::int64_t{0}; });
    refused([](auto& network) { network.constants["levels"] = network.constants["numbers"]; });
    refused([](auto& network) { network.constants["numbers"].floats.back() = NAN; });
    refused([](auto& network) { network.inputs[3].shape[1] -= 1; });
    refused([](auto& network) { network.constants["levels"].shape[0] -= 1; });
}

TEST(BatchDivision, makes_the_reference_s_int8_showers)
{
    for (auto const& form : forms()) {
        auto const one = Case(form, showers).in_int8();
        auto const found = one.in_batches<std::uint8_t>(showers);
        // Sums are exact in integers and not in float32: rounding to levels may go either way.
        auto const apart = showers_apart(found, one.by_reference(), one.showers);
        EXPECT_LE(apart, few) << form.tree.cells.rows;
        EXPECT_GT(showers_apart(found, Case(form, showers).by_reference(), one.showers),
                  few + apart)
            << "levels are not those of float32";
    }
}

TEST(BatchDivision, makes_the_same_bits_in_any_batch)
{
    for (auto const& form : forms()) {
        Case const one(form, 12);
        auto const together = one.in_batches<float>(12);
        EXPECT_EQ(together, one.in_batches<float>(1));
        EXPECT_EQ(together, one.in_batches<float>(4));
        auto const int8 = one.in_int8();
        auto const levels = int8.in_batches<std::uint8_t>(12);
        EXPECT_EQ(levels, int8.in_batches<std::uint8_t>(1));
        EXPECT_EQ(levels, int8.in_batches<std::uint8_t>(4));
    }
}

TEST(LevelProduct, has_the_same_bits_for_all_instruction_sets)
{
    constexpr std::size_t rows = 29, inputs = 44, outputs = 80, step = 48;
    std::vector<std::uint8_t> source(rows * step);
    for (std::size_t i = 0; i < source.size(); ++i)
        source[i] = static_cast<std::uint8_t>(i * 37 % 256);
    std::vector<std::int8_t> fours(inputs * outputs);
    std::vector<std::int16_t> pairs(inputs * outputs);
    auto const level_of = [](std::size_t i, std::size_t o) {
        return static_cast<int>((i * 91 + o * 53) % 255) - 127;
    };
    for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t o = 0; o < outputs; ++o) {
            fours[(i / 4 * outputs + o) * 4 + i % 4] = static_cast<std::int8_t>(level_of(i, o));
            pairs[pair_index(outputs, i, o)] = static_cast<std::int16_t>(level_of(i, o));
        }
    std::vector<float> scale(outputs), start(rows * outputs);
    ItemRandom({.seed = 4}, 0).uniform(scale);
    ItemRandom({.seed = 4}, 1).normal(start);
    for (float& number : scale) number *= 1e-5F;
    start[7] = NAN;
    auto const run = [&](LevelProductKernel kernel, void const* weights) {
        std::vector<std::uint8_t> levels(rows * outputs);
        std::vector<float> numbers(rows * outputs);
        LevelProduct product{.rows = rows,
                             .inputs = inputs,
                             .outputs = outputs,
                             .source = source.data(),
                             .source_step = step,
                             .weights = weights,
                             .scale = scale.data(),
                             .start = start.data(),
                             .start_step = outputs,
                             .slope = 0.1F,
                             .inverse = 20.0F,
                             .zero = 30.0F};
        product.levels = levels.data();
        kernel(product);
        product.levels = nullptr;
        product.numbers = numbers.data();
        kernel(product);
        EXPECT_TRUE(std::isnan(std::exchange(numbers[7], 0.0F)));
        return std::pair(levels, numbers);
    };
    auto const expected = run(level_product_kernels.baseline, pairs.data());
    double sum = 0;  // of the first output, by the definition
    for (std::size_t i = 0; i < inputs; ++i) sum += source[i] * level_of(i, 0);
    auto const number = sum * static_cast<double>(scale[0]) + static_cast<double>(start[0]);
    EXPECT_NEAR(expected.second[0], number > 0 ? number : 0.1 * number, 1e-5);
    EXPECT_NEAR(expected.first[0], std::clamp(expected.second[0] * 20.0F + 30.0F, 0.0F, 255.0F),
                0.5F);
    for (auto const set : usable_instruction_sets())
        EXPECT_EQ(run(level_product_kernels.of(set), pairs.data()), expected) << name_of(set);
    if (level_product_kernel().pairs) GTEST_SKIP() << "no VNNI";
    EXPECT_EQ(run(level_product_kernel().run, fours.data()), expected);
}

TEST(DivisionKernels, have_the_same_bits_for_all_instruction_sets)
{
    constexpr std::size_t count = 37;
    auto const random = [](std::uint64_t item, std::size_t numbers) {
        std::vector<float> values(numbers + draw_padding * energy_draw_width);
        ItemRandom({.seed = 9}, item).uniform(values);
        return values;
    };
    auto const numbers = random(0, count * energy_draw_width);
    auto const odds = random(1, count * 3), uniform = random(2, count * 2);
    auto hits = random(3, count), first = random(4, count), second = random(5, count);
    for (auto* some : {&hits, &first, &second})
        for (float& number : *some) number = 1.0F + std::floor(3.0F * number);
    auto energy = random(6, count);
    for (float& number : energy) number *= 9.0F;
    std::vector<float> const anchors{-4.0F, -2.0F, 0.0F};
    auto const all = [&](InstructionSet set) {
        std::vector<float> results(4 * (count + draw_padding));
        std::vector<std::uint8_t> levels(count * 32);
        own_level_kernels.of(set)({.rows = count,
                                   .columns = 32,
                                   .numbers = numbers.data(),
                                   .inverse = odds.data(),
                                   .zero = hits.data(),
                                   .levels = levels.data(),
                                   .levels_step = 32});
        auto* const to = results.data();
        constexpr auto step = count + draw_padding;
        root_draw_kernels.of(set)({.count = count,
                                   .numbers = numbers.data(),
                                   .step = root_draw_width,
                                   .uniform = uniform.data(),
                                   .result = to});
        hit_draw_kernels.of(set)({.count = count,
                                  .numbers = numbers.data(),
                                  .step = hit_draw_width,
                                  .odds = odds.data(),
                                  .uniform = uniform.data(),
                                  .hits = hits.data(),
                                  .cells_of_first = first.data(),
                                  .cells_of_second = second.data(),
                                  .result = to + step});
        energy_draw_kernels.of(set)({.count = count,
                                     .numbers = numbers.data(),
                                     .step = energy_draw_width,
                                     .odds = odds.data(),
                                     .uniform = uniform.data(),
                                     .energy = energy.data(),
                                     .first = first.data(),
                                     .second = second.data(),
                                     .anchors = anchors.data(),
                                     .least = 0.05F,
                                     .result = to + 2 * step});
        scaled_logarithm_kernels.of(set)({.count = count,
                                          .x = energy.data(),
                                          .unit = 0.3F,
                                          .offset = 1,
                                          .result = to + 3 * step});
        for (std::size_t i = 0; i < 4; ++i)  // what lies behind is nobody's
            std::fill_n(results.begin() + static_cast<std::ptrdiff_t>(i * step + count),
                        draw_padding, 0.0F);
        results.insert(results.end(), levels.begin(), levels.end());
        constexpr std::size_t columns = 21;  // whole vectors of no kind
        std::vector<float const*> const rows{numbers.data() + 3, numbers.data() + 40};
        std::vector<float const*> const others{uniform.data(), odds.data() + 7};
        std::vector<float> sums(rows.size() * columns);
        row_sum_kernels.of(set)({.rows = rows.size(),
                                 .columns = columns,
                                 .first = rows.data(),
                                 .second = others.data(),
                                 .result = sums.data()});
        EXPECT_EQ(sums.back(), numbers[40 + columns - 1] + odds[7 + columns - 1]);
        results.insert(results.end(), sums.begin(), sums.end());
        return results;
    };
    auto const expected = all(InstructionSet::baseline);
    for (auto const set : usable_instruction_sets()) EXPECT_EQ(all(set), expected) << name_of(set);
}

}  // namespace
}  // namespace lowcal::runtime
