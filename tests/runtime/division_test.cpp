#include "core/random.hpp"
#include "graph/patterns/split_network.hpp"
#include "runtime/division/batch_division.hpp"
#include "runtime/kernels/division_kernel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

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
    std::vector<float> weights, layers, primary, entry, uniform;

    Case(SplitNetworkConfig form, std::size_t count) : config(std::move(form)), showers(count)
    {
        auto const random = [](std::uint64_t item, std::int64_t numbers) {
            std::vector<float> values(size(numbers));
            ItemRandom({.seed = 8}, item).uniform(values);
            return values;
        };
        auto const of_all = static_cast<std::int64_t>(count);
        weights.resize(size(config.weight_count()));
        ItemRandom({.seed = 8}, 0).normal(weights);
        for (float& weight : weights) weight *= 0.1F;
        layers = random(1, of_all * config.layers);
        for (std::size_t i = 0; i < layers.size(); ++i)
            layers[i] = i % 5 == 3 ? 0.0F : 6.0F * layers[i] * layers[i];
        primary = random(2, of_all * config.primary);
        entry = random(3, of_all * 2);
        uniform = random(4, of_all * config.uniform_count());
    }

    std::size_t cells_of_shower() const { return size(config.layers * config.tree.cells.count()); }

    std::vector<float> by_reference() const
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
                           std::span(cells).subspan(i * cells_of_shower(), cells_of_shower()));
        return cells;
    }

    /// In batches of `together`, which divides the showers.
    std::vector<float> in_batches(std::size_t together) const
    {
        std::vector<float> cells(showers * cells_of_shower(), NAN);
        PackedNetwork const network(config, graph::SplitWeights(config, weights));
        BatchDivision division(network, together);
        for (std::size_t first = 0; first < showers; first += together)
            division.run({.layers = layers.data() + first * size(config.layers),
                          .primary = primary.data() + first * size(config.primary),
                          .entry = entry.data() + first * 2,
                          .uniform = uniform.data() + first * size(config.uniform_count()),
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

/// Cartesian; with an angle along the rows, and along the columns.
std::vector<SplitNetworkConfig> forms()
{
    std::vector<SplitNetworkConfig> all{
        form_of({.rows = 9, .columns = 7}, {.rows = 4, .columns = 1}),
        form_of({.rows = 16, .columns = 9}, {}), form_of({.rows = 5, .columns = 12}, {})};
    all[1].round_rows = true;
    all[2].round_columns = true;
    return all;
}

TEST(BatchDivision, makes_the_reference_s_showers)
{
    constexpr std::size_t showers = 24;
    for (auto const& form : forms()) {
        Case const one(form, showers);
        auto const expected = one.by_reference();
        auto const found = one.in_batches(showers);
        std::size_t apart = 0, hits = 0;
        for (std::size_t i = 0; i < showers; ++i) {
            float largest = 0, difference = 0;
            for (std::size_t cell = 0; cell < one.cells_of_shower(); ++cell) {
                auto const at = i * one.cells_of_shower() + cell;
                largest = std::max(largest, expected[at]);
                difference = std::max(difference, std::abs(found[at] - expected[at]));
                ASSERT_FALSE(std::isnan(found[at]));
                if (found[at] > 0) ++hits;
            }
            // Logarithms round differently: float32's digits through three dozen layers.
            if (difference > 1e-3F * largest) ++apart;
        }
        EXPECT_GT(hits, showers * 50);
        // A draw that is a rounding away from another outcome takes its shower along.
        EXPECT_LE(apart, 2U) << form.tree.cells.rows;
    }
}

TEST(BatchDivision, makes_the_same_bits_in_any_batch)
{
    for (auto const& form : forms()) {
        Case const one(form, 12);
        auto const together = one.in_batches(12);
        EXPECT_EQ(together, one.in_batches(1));
        EXPECT_EQ(together, one.in_batches(4));
    }
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
        auto* const to = results.data();
        constexpr auto step = count + draw_padding;
        root_draw_kernels.of(set)(
            {.count = count, .numbers = numbers.data(), .uniform = uniform.data(), .result = to});
        hit_draw_kernels.of(set)({.count = count,
                                  .numbers = numbers.data(),
                                  .odds = odds.data(),
                                  .uniform = uniform.data(),
                                  .hits = hits.data(),
                                  .cells_of_first = first.data(),
                                  .cells_of_second = second.data(),
                                  .result = to + step});
        energy_draw_kernels.of(set)({.count = count,
                                     .numbers = numbers.data(),
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
        return results;
    };
    auto const expected = all(InstructionSet::baseline);
    for (auto const set : usable_instruction_sets()) EXPECT_EQ(all(set), expected) << name_of(set);
}

}  // namespace
}  // namespace lowcal::runtime
