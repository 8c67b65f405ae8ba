#include "core/kernels/instruction_set.hpp"
#include "core/random.hpp"
#include "graph/passes/pass_network.hpp"
#include "runtime/kernels/division_kernel.hpp"
#include "runtime/passes/shower_passes.hpp"
#include "runtime/plan.hpp"
#include "runtime/showers_apart.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace lowcal::runtime {
namespace {

using graph::PassConfig;

std::size_t size(std::int64_t number)
{
    return static_cast<std::size_t>(number);
}

std::vector<float> random(std::uint64_t item, std::size_t count)
{
    std::vector<float> values(count);
    ItemRandom({.seed = 9}, item).uniform(values);
    return values;
}

/// A network of small random weights, and what showers are drawn by.
struct Case {
    PassConfig config;
    std::size_t showers;
    std::vector<float> numbers, layers, primary, entry, uniform;

    Case(PassConfig const& form, std::size_t count) : config(form), showers(count)
    {
        numbers.resize(size(graph::pass_counts(config)));
        ItemRandom({.seed = 9}, 0).normal(numbers);
        for (float& number : numbers) number *= 0.15F;
        // Classes of energies, odds of one in six, usual shares.
        auto to = numbers.begin();
        for (std::int64_t i = 0; i <= config.classes; ++i)
            *to++ = config.least * std::exp(0.2F * static_cast<float>(i));
        auto const cells = config.layers * config.cells();
        for (std::int64_t i = 0; i < cells; ++i) *to++ -= 1.6F;
        for (auto const share : random(5, size(cells)))
            *to++ = (0.5F + share) / static_cast<float>(config.cells());
        layers = random(1, count * size(config.layers));
        for (std::size_t i = 0; i < layers.size(); ++i)
            layers[i] = i % 5 == 3 ? 0.0F : 9.0F * layers[i] * layers[i];
        primary = random(2, count * size(config.primary));
        entry = random(3, count * 2);
        uniform = random(4, count * size(config.uniform_count()));
    }

    std::size_t cells_of_shower() const { return size(config.layers * config.cells()); }
    graph::PassWeights weights() const { return {config, numbers}; }

    std::vector<float> by_reference() const
    {
        std::vector<float> cells(showers * cells_of_shower());
        graph::PassNetwork const network(config, weights());
        auto const row = [](std::vector<float> const& all, std::size_t i, std::int64_t width) {
            return std::span(all).subspan(i * size(width), size(width));
        };
        for (std::size_t i = 0; i < showers; ++i)
            network.draw({.layers = row(layers, i, config.layers),
                          .primary = row(primary, i, config.primary),
                          .entry = row(entry, i, 2),
                          .uniform = row(uniform, i, config.uniform_count())},
                         std::span(cells).subspan(i * cells_of_shower(), cells_of_shower()));
        return cells;
    }

    std::vector<float> by_plan(std::int64_t batch) const
    {
        auto const any = graph::batch_dimension;
        graph::Graph network{
            .name = "passes",
            .inputs = {{.name = "layers", .shape = {any, config.layers}},
                       {.name = "primary", .shape = {any, config.primary}},
                       {.name = "entry", .shape = {any, 2}},
                       {.name = "uniform", .shape = {any, config.uniform_count()}}},
            .outputs = {{.name = "cells", .shape = {}}},
            .nodes = {{.name = "draw",
                       .op = "CellPasses",
                       .inputs = {"layers", "primary", "entry", "uniform", "numbers"},
                       .outputs = {"cells"},
                       .attributes = graph::attributes_of(config)}},
            .constants = {},
            .metadata = {}};
        network.constants["numbers"] = {.shape = {static_cast<std::int64_t>(numbers.size())},
                                        .floats = numbers};
        Plan const plan(network, {.batch = batch});
        EXPECT_STREQ(plan.steps().front()->kind(), "passes");
        PlanRun run(plan);
        std::vector<float> cells(showers * cells_of_shower(),
                                 std::numeric_limits<float>::quiet_NaN());
        for (std::size_t first = 0; first < showers; first += size(batch)) {
            auto const part = [&](std::vector<float> const& all, std::size_t width) {
                return std::span(all).subspan(first * width, size(batch) * width);
            };
            std::vector<std::span<float const>> const inputs{
                part(layers, size(config.layers)), part(primary, size(config.primary)),
                part(entry, 2), part(uniform, size(config.uniform_count()))};
            std::vector<std::span<float>> const outputs{std::span(cells).subspan(
                first * cells_of_shower(), size(batch) * cells_of_shower())};
            run(inputs, outputs);
        }
        return cells;
    }
};

PassConfig form_of(std::int64_t layers, std::int64_t rows, std::int64_t columns)
{
    return {.layers = layers,
            .rows = rows,
            .columns = columns,
            .primary = 3,
            .hidden = 16,
            .context = 12,
            .energy = 10,
            .bright = 9,
            .classes = 16,
            .unit = 0.02F,
            .least = 0.01F};
}

/// Cartesian; with an angle along rows, along columns, of even and odd numbers; hidden numbers that
/// fill no vector, or several; wide networks of layers; a depth of which the last layers have none
/// behind; a single layer of one row.
std::vector<PassConfig> forms()
{
    std::vector<PassConfig> all{form_of(10, 9, 7), form_of(6, 8, 9),  form_of(9, 5, 12),
                                form_of(5, 7, 6),  form_of(13, 9, 9), form_of(1, 1, 11)};
    all[1].round_rows = all[3].round_rows = true;
    all[2].round_columns = all[4].round_columns = true;
    all[3].hidden = 5;
    all[4].hidden = 40;
    all[2].context = 100;
    return all;
}

constexpr std::size_t showers = 24;

TEST(ShowerPasses, makes_the_reference_s_showers)
{
    for (auto const& form : forms()) {
        Case const one(form, showers);
        auto const expected = one.by_reference();
        auto const found = one.by_plan(showers);
        EXPECT_LE(showers_apart(found, expected, showers), few) << form.rows << ' ' << form.columns;
        // Hits in a sixth of the cells, give or take; bright ones among them.
        auto const hits = std::ranges::count_if(expected, [](float cell) { return cell > 0; });
        EXPECT_GT(hits, static_cast<std::ptrdiff_t>(expected.size() / 12));
        auto const edge = one.weights().edges.back();
        EXPECT_GT(std::ranges::count_if(expected, [&](float cell) { return cell > edge; }),
                  hits / 20);
        // The check bites: the last class of one group of layers is chosen more often.
        if (form.layers < graph::group_reach[0]) continue;  // it has no such layers
        auto other = one;
        other.numbers[other.numbers.size() - 1] += 1.0F;
        EXPECT_GT(showers_apart(other.by_plan(showers), expected, showers), few);
    }
}

TEST(ShowerPasses, are_the_same_in_any_batch)
{
    static_assert(ShowerPasses::most_together == 8);  // also several times, and what is left
    Case const one(forms().front(), showers);
    auto const expected = one.by_plan(showers);
    for (std::int64_t const batch : {1, 2, 8, 12}) EXPECT_EQ(one.by_plan(batch), expected) << batch;
}

/// Arrays of a kernel call, with room behind them.
std::vector<float> numbers_from(std::uint64_t item, std::size_t count, float low, float high)
{
    auto values = random(item, count + draw_padding * hidden_together * 4);
    for (float& value : values) value = low + (high - low) * value;
    return values;
}

/// What a kernel found, as numbers.
template <class Found>
void append(std::vector<float>& results, std::vector<Found> const& found, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) results.push_back(static_cast<float>(found[i]));
}

constexpr std::size_t cells = 37;  // whole vectors of no kind
constexpr std::size_t width = 2 * hidden_together;

/// Hidden numbers of cells in a plane of 9 rows and columns, half of them hits.
std::vector<float> first_numbers(InstructionSet set)
{
    constexpr std::ptrdiff_t row = 9, plane = 9 * row;
    std::vector<std::int32_t> chosen, volume;
    for (std::size_t i = 0; i < cells; ++i) {
        chosen.push_back(static_cast<std::int32_t>((5 * i) % cells));
        volume.push_back(static_cast<std::int32_t>(row + 1 + (i / 7) * row + i % 7));
    }
    std::vector<std::uint8_t> hits(3 * plane + 4);
    for (std::size_t i = 0; i < hits.size(); ++i) hits[i] = (i * i / 3) % 2 == 0 ? 1 : 0;
    auto const energies = numbers_from(31, hits.size(), 0, 2),
               context = numbers_from(32, width, -1, 1),
               places = numbers_from(33, cells * width, -1, 1),
               positions = numbers_from(34, size(graph::position_numbers) * cells, -1, 1),
               gains = numbers_from(35, size(graph::position_numbers) * width, -1, 1),
               window = numbers_from(36, size(graph::window_numbers) * width, -1, 1);
    std::vector<float> result(cells * width);
    first_number_kernels.of(set)({.count = cells,
                                  .width = width,
                                  .context = context.data(),
                                  .cells = chosen.data(),
                                  .places = places.data(),
                                  .positions = positions.data(),
                                  .position_step = cells,
                                  .gains = gains.data(),
                                  .volume = volume.data(),
                                  .hits = hits.data() + plane,
                                  .energies = energies.data() + plane,
                                  .plane = plane,
                                  .row = row,
                                  .seen = 0x5f3e1ffU,
                                  .window = window.data(),
                                  .result = result.data()});
    return result;
}

/// Which cells may be hits, which are, and of which class.
std::vector<float> choices(InstructionSet set)
{
    std::vector<float> results;
    auto const odds = numbers_from(11, cells, -4, 1), gains = numbers_from(12, 5, -1, 1),
               positions = numbers_from(13, size(graph::position_numbers) * (cells + 16), -1, 1),
               uniform = numbers_from(14, cells, 0, 1), shift = numbers_from(15, cells, 0, 1),
               hidden = numbers_from(16, cells * width, -1, 1),
               weights = numbers_from(17, width, -1, 1), change = numbers_from(19, cells, 1, 3);
    std::vector<std::int32_t> found(cells + draw_padding);
    std::vector<float> usual(cells + draw_padding), left(cells + draw_padding);
    std::vector<float> bound(cells + draw_padding);
    hit_bound_kernels.of(set)({.count = cells,
                               .odds = odds.data(),
                               .positions = positions.data(),
                               .position_step = cells + 16,
                               .gains = gains.data(),
                               .change = 1.5F,
                               .uniform = uniform.data(),
                               .usual = usual.data(),
                               .bound = bound.data()});
    append(results, usual, cells);
    append(results, bound, cells);
    std::vector<float> log_odds(cells + draw_padding), score(cells + draw_padding);
    hit_score_kernels.of(set)({.count = cells,
                               .change = weights.data(),
                               .most = change.data(),
                               .usual = odds.data(),
                               .bound = bound.data(),
                               .odds = log_odds.data(),
                               .score = score.data()});
    append(results, log_odds, cells);
    append(results, score, cells);
    std::vector<std::int32_t> above(cells + draw_padding);
    for (std::size_t const others : {std::size_t{0}, std::size_t{5}, cells - 1}) {
        LargestNumbers const scores{
            .count = cells, .numbers = score.data(), .scratch = above.data()};
        auto const threshold = exceeded_kernels.of(set)(scores, others);
        auto sorted = std::vector<float>(score.begin(), score.begin() + cells);
        std::ranges::sort(sorted, std::greater());
        EXPECT_EQ(threshold, sorted[others]);
        EXPECT_EQ(list_kernels.of(set)(scores, threshold), others);
        for (std::size_t i = 0; i < others; ++i) {
            EXPECT_GT(score[static_cast<std::size_t>(above[i])], threshold);
            EXPECT_TRUE(i == 0 || above[i - 1] < above[i]);
        }
    }
    uniforms_left_kernels.of(set)({.count = cells,
                                   .odds = log_odds.data(),
                                   .uniform = uniform.data(),
                                   .shift = shift.data(),
                                   .result = left.data()});
    append(results, left, cells);
    class_choice_kernels.of(set)({.count = cells,
                                  .classes = 9,
                                  .numbers = hidden.data(),
                                  .step = 10,
                                  .uniform = uniform.data(),
                                  .chosen = found.data(),
                                  .within = left.data()});
    append(results, found, cells);
    append(results, left, cells);
    std::vector<std::int32_t> groups;
    for (std::size_t i = 0; i < cells; ++i) groups.push_back(static_cast<std::int32_t>(i % 3));
    std::vector<float> products(cells * size(graph::group_classes));
    auto const group_weights = numbers_from(18, 3 * 12 * size(graph::group_classes), -1, 1);
    group_number_kernels.of(set)({.count = cells,
                                  .inputs = 12,
                                  .source = hidden.data(),
                                  .groups = groups.data(),
                                  .weights = group_weights.data(),
                                  .bias = weights.data(),
                                  .result = products.data()});
    append(results, products, products.size());
    return results;
}

/// Energies of bright hits, moved and not; positions; exponentials.
std::vector<float> bright_energies(InstructionSet set)
{
    constexpr std::size_t room = cells + draw_padding;
    auto const numbers = numbers_from(21, cells * size(graph::bright_numbers), -0.5F, 0.5F),
               followed = numbers_from(22, cells * size(graph::followed_cells), -1, 2),
               excess = numbers_from(23, cells * size(graph::window_cells), -1, 1),
               window = numbers_from(24, size(graph::window_cells), -0.1F, 0.1F),
               uniform = numbers_from(25, cells, 0, 1), most = numbers_from(26, cells, 2, 30),
               offset = numbers_from(27, cells, -1, 1), wider = numbers_from(28, cells, -1, 1);
    std::vector<float> arrays(6 * room);
    BrightHits const hits{.mean = arrays.data(),
                          .width = arrays.data() + room,
                          .below = arrays.data() + 2 * room,
                          .log_odds = arrays.data() + 3 * room,
                          .spread = arrays.data() + 4 * room,
                          .energy = arrays.data() + 5 * room};
    bright_draw_kernels.of(set)({.count = cells,
                                 .numbers = numbers.data(),
                                 .followed = followed.data(),
                                 .excess = excess.data(),
                                 .window = window.data(),
                                 .offset = offset.data(),
                                 .wider = wider.data(),
                                 .uniform = uniform.data(),
                                 .most = most.data(),
                                 .edge = 0.5F,
                                 .least = 0.51F,
                                 .result = hits});
    std::vector<float> results;
    for (std::size_t i = 0; i < 6; ++i)
        results.insert(results.end(), arrays.begin() + static_cast<std::ptrdiff_t>(i * room),
                       arrays.begin() + static_cast<std::ptrdiff_t>(i * room + cells));
    float drawn = 0;
    for (std::size_t i = 0; i < cells; ++i) drawn += hits.energy[i];
    auto const moved = tilt_kernels.of(set)(
        {.count = cells, .hits = hits, .most = 20, .least = 0.51F, .unit = 0.2F, .tilt = 1.5F});
    EXPECT_GT(moved.energy, drawn);
    EXPECT_GT(moved.slope, 0.0F);
    results.insert(results.end(), {moved.energy, moved.slope});
    append(results, arrays, arrays.size() - draw_padding);
    std::vector<float> positions(size(graph::position_numbers) * room), powers(room);
    position_kernels.of(set)({.count = cells,
                              .rows = followed.data(),
                              .columns = excess.data(),
                              .entry_row = 0.2F,
                              .entry_column = -0.3F,
                              .result = positions.data(),
                              .step = room});
    append(results, positions, cells);
    exponential_kernels.of(set)(followed.data(), powers.data(), cells);
    append(results, powers, cells);
    return results;
}

TEST(PassKernels, give_the_same_bits_for_every_instruction_set)
{
    for (auto const kernels : {first_numbers, choices, bright_energies}) {
        auto const expected = kernels(InstructionSet::baseline);
        for (auto const set : usable_instruction_sets())
            EXPECT_EQ(kernels(set), expected) << name_of(set);
    }
}

}  // namespace
}  // namespace lowcal::runtime
