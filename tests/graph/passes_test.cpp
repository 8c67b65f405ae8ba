#include "core/error.hpp"
#include "core/random.hpp"
#include "graph/passes/pass_hits.hpp"
#include "graph/passes/pass_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace lowcal::graph {
namespace {

PassConfig small_config()
{
    return {.layers = 7,
            .rows = 5,
            .columns = 6,
            .primary = 3,
            .hidden = 4,
            .context = 5,
            .energy = 6,
            .bright = 7,
            .classes = 16,
            .unit = 0.1F,
            .least = 0.01F};
}

std::vector<float> sound_numbers(PassConfig const& config)
{
    std::vector<float> numbers(static_cast<std::size_t>(pass_counts(config)), 0.1F);
    for (std::size_t i = 0; i <= static_cast<std::size_t>(config.classes); ++i)
        numbers[i] = 0.01F * static_cast<float>(1 + i);
    return numbers;
}

TEST(Passes, make_every_layer_once_behind_those_that_it_sees)
{
    for (std::int64_t const layers : {1, 2, 3, 5, 8, 25, 45}) {
        std::set<std::int64_t> made;
        for (auto const& step : layer_steps(layers)) {
            auto const reach = group_reach[static_cast<std::size_t>(step.group)];
            for (auto const layer : step.layers) {
                EXPECT_EQ(group_of(layer), step.group);
                for (auto const seen : {layer - reach, layer + reach}) {
                    bool const wanted =
                        seen >= 0 && seen < layers && (step.group > 0 || seen < layer);
                    EXPECT_TRUE(!wanted || made.contains(seen)) << layer << " sees " << seen;
                }
            }
            for (auto const layer : step.layers) EXPECT_TRUE(made.insert(layer).second) << layer;
        }
        EXPECT_EQ(made.size(), static_cast<std::size_t>(layers));
    }
}

TEST(Passes, draw_every_cell_once_behind_those_that_it_sees)
{
    auto const config = small_config();
    auto const cells = pass_cells(config);
    EXPECT_EQ(std::set(cells.begin(), cells.end()).size(),
              static_cast<std::size_t>(config.cells()));
    std::set<std::int64_t> made;
    for (std::size_t pass = 0, drawn = 0; pass < cell_passes.size(); ++pass) {
        auto const seen = seen_cells(1, static_cast<std::int64_t>(pass));
        std::vector<std::int64_t> of_pass;
        for (; drawn < cells.size(); ++drawn) {
            auto const row = cells[drawn] / config.columns, column = cells[drawn] % config.columns;
            if (row % 2 != cell_passes[pass].row || column % 2 != cell_passes[pass].column) break;
            of_pass.push_back(cells[drawn]);
            for (std::int64_t w = 0; w < 9; ++w) {
                auto const at_row = row + w / 3 - 1, at_column = column + w % 3 - 1;
                if (at_row < 0 || at_row >= config.rows || at_column < 0 ||
                    at_column >= config.columns)
                    continue;
                EXPECT_EQ(made.contains(at_row * config.columns + at_column),
                          seen[static_cast<std::size_t>(9 + w)]);
            }
        }
        made.insert(of_pass.begin(), of_pass.end());
    }
}

TEST(Passes, fit_a_node_s_attributes)
{
    auto const config = small_config();
    Node node{.name = "cells", .op = "CellPasses", .attributes = attributes_of(config)};
    auto const read = pass_config(node);
    EXPECT_EQ(pass_counts(read), pass_counts(config));
    EXPECT_EQ(read.uniform_count(), config.uniform_count());
    EXPECT_EQ(read.least, config.least);
    for (auto const& [name, value] : attributes_of(config)) {
        auto wrong = node;
        if (std::holds_alternative<float>(value))
            wrong.attributes[name] = std::numeric_limits<float>::quiet_NaN();
        else
            wrong.attributes[name] = std::int64_t{-2};
        EXPECT_THROW(pass_config(wrong), InputError) << name;
    }
    auto few = node;
    few.attributes["classes"] = std::int64_t{12};  // no groups of eight
    EXPECT_THROW(pass_config(few), InputError);
    for (auto const* axis : {"layers", "rows", "columns"})
        few.attributes[axis] = std::int64_t{4096};
    EXPECT_THROW(pass_config(few), InputError);
}

TEST(Passes, refuse_numbers_that_are_no_network)
{
    auto const config = small_config();
    auto const sound = sound_numbers(config);
    EXPECT_NO_THROW(PassWeights(config, sound));
    auto few = sound;
    few.pop_back();
    EXPECT_THROW(PassWeights(config, few), InputError);
    auto infinite = sound;
    infinite.back() = std::numeric_limits<float>::infinity();
    EXPECT_THROW(PassWeights(config, infinite), InputError);
    auto falling = sound;
    std::swap(falling[3], falling[4]);
    EXPECT_THROW(PassWeights(config, falling), InputError);
    auto without_share = sound;
    without_share[static_cast<std::size_t>(config.classes + 1 + config.layers * config.cells())] =
        0;
    EXPECT_THROW(PassWeights(config, without_share), InputError);
}

/// How far numbers that should be even between 0 and 1 are from it, in units of what chance exceeds
/// in one of a hundred cases (Kolmogorov's test).
double unevenness(std::vector<float> numbers)
{
    std::ranges::sort(numbers);
    auto const count = static_cast<double>(numbers.size());
    double most = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i)
        most = std::max(most, std::abs(static_cast<double>(numbers[i]) -
                                       (static_cast<double>(i) + 0.5) / count));
    return most * std::sqrt(count) / 1.63;
}

/// Random numbers, so that no weight is zero; odds of one in eight.
std::vector<float> random_numbers(PassConfig const& config)
{
    auto numbers = sound_numbers(config);
    std::vector<float> noise(numbers.size());
    ItemRandom({.seed = 3}, 0).normal(noise);
    auto const first = static_cast<std::size_t>(config.classes + 1);
    auto const cells = static_cast<std::size_t>(config.layers * config.cells());
    for (std::size_t i = first; i < numbers.size(); ++i)
        if (i < first + cells || i >= first + 2 * cells) numbers[i] = 0.2F * noise[i];
    for (std::size_t i = first; i < first + cells; ++i) numbers[i] -= 2.0F;
    return numbers;
}

/// The cells of one shower of a network.
std::vector<float> draw_shower(PassNetwork const& network, PassConfig const& config,
                               std::uint64_t number, PassNetwork::Wanted const& wanted)
{
    std::vector<float> const layers(static_cast<std::size_t>(config.layers), 3.0F),
        primary(static_cast<std::size_t>(config.primary), 0.5F), entry(2, 0.1F);
    std::vector<float> uniform(static_cast<std::size_t>(config.uniform_count()));
    std::vector<float> drawn(static_cast<std::size_t>(config.layers * config.cells()));
    ItemRandom({.seed = 3}, number).uniform(uniform);
    network.draw({.layers = layers, .primary = primary, .entry = entry, .uniform = uniform}, drawn,
                 wanted);
    return drawn;
}

TEST(Passes, spread_energies_evenly_over_their_classes)
{
    // A uniform number says whether a cell is a hit, which class its energy is of, and where in it.
    auto const config = small_config();
    PassWeights const weights(config, random_numbers(config));
    PassNetwork const network(config, weights);
    std::vector<float> within;
    for (std::uint64_t i = 1; i <= 600; ++i)
        for (float const energy : draw_shower(network, config, i, {.sums = false})) {
            if (energy == 0 || energy > weights.edges.back()) continue;
            auto const edge = std::ranges::lower_bound(weights.edges, energy) - 1;
            within.push_back(std::log(energy / *edge) / std::log(edge[1] / edge[0]));
        }
    ASSERT_GT(within.size(), 3000U);
    EXPECT_LT(unevenness(within), 1.0);
    // The check bites.
    for (float& number : within) number = std::pow(number, 1.1F);
    EXPECT_GT(unevenness(within), 1.0);
}

TEST(Passes, give_each_layer_the_hits_that_were_drawn_for_it)
{
    auto const config = small_config();
    PassNetwork const network(config, {config, random_numbers(config)});
    for (std::uint64_t i = 1; i <= 50; ++i) {
        PassNetwork::Surprise surprise;
        auto const told = draw_shower(network, config, i, {.surprise = &surprise, .sums = false});
        EXPECT_EQ(told, draw_shower(network, config, i, {.sums = false}));  // whoever listens
        auto cell = told.begin();
        for (float const hits : surprise.layer_hits) {
            auto const next = cell + config.cells();
            EXPECT_EQ(std::count_if(cell, next, [](float energy) { return energy > 0; }), hits);
            cell = next;
        }
    }
}

TEST(PassHits, are_drawn_as_often_as_their_probabilities_say)
{
    auto const config = small_config();
    for (float const left : {1.0F, 4.0F, 11.0F}) {
        float const numbers[]{-0.7F, 0.2F};
        PassHits const hits(config, 1, numbers, left);
        EXPECT_EQ(hits.most, std::min(left, static_cast<float>(config.pass_size(1))));
        EXPECT_GT(hits.most, hits.least);
        constexpr int draws = 20'000;
        std::map<float, int> found;
        for (int i = 0; i < draws; ++i) ++found[hits.draw((static_cast<float>(i) + 0.5F) / draws)];
        double all = 0;
        for (auto n = hits.least; n <= hits.most; ++n) {
            auto const likely = std::exp(hits.log_probability(n));
            all += likely;
            // Both ends of the range may miss a draw.
            EXPECT_NEAR(found[n], draws * likely, 2.0) << left << ' ' << n;
        }
        EXPECT_NEAR(all, 1.0, 1e-9);
        EXPECT_EQ(found.size(), static_cast<std::size_t>(hits.most - hits.least) + 1);
    }
}

TEST(PassHits, leave_no_more_than_the_passes_behind_have_room_for)
{
    auto const config = small_config();
    auto const all = static_cast<float>(config.cells());
    float const none[]{-9.0F, -9.0F}, every[]{9.0F, -9.0F};
    auto const first = static_cast<float>(config.pass_size(0));
    EXPECT_EQ(PassHits(config, 0, none, all).draw(0.5F), first);
    EXPECT_EQ(PassHits(config, 0, none, all - 1.0F).draw(0.5F), first - 1.0F);
    EXPECT_EQ(PassHits(config, 0, none, 3.0F).draw(0.5F), 0.0F);
    EXPECT_EQ(PassHits(config, 0, every, all).draw(0.5F), first);
    EXPECT_EQ(PassHits(config, 0, every, 2.0F).draw(0.5F), 2.0F);
}

}  // namespace
}  // namespace lowcal::graph
