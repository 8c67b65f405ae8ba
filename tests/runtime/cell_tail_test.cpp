// The cells of `lean` are finished in one step, which equals the operators that it stands for.

#include "graph/onnx/onnx_file.hpp"
#include "graph/patterns/cell_tail_match.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "runtime/cell_tail/cell_tail_kernel.hpp"
#include "runtime/compare.hpp"
#include "runtime/small_lean.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

namespace lowcal::runtime {
namespace {

/// A convolution's answer and energies of 25 layers, finished as our training exports it.
graph::Graph tail_network()
{
    test::NetworkBuilder net;
    net.graph.inputs = {
        {.name = "x", .shape = {graph::batch_dimension, 6, 5, 7}},
        {.name = "noise", .shape = {graph::batch_dimension, test::small_lean_noise}},
        {.name = "energy", .shape = {graph::batch_dimension, 25}}};
    net.graph.outputs = {{.name = "shower", .shape = {}}};
    net.node("Conv", "answer", {"x", net.constant("w", {25, 6, 1, 1}, 2)});
    test::add_cell_tail(net, {.answer = "answer", .layers = "energy", .noise = "noise"},
                        {25, 5, 7});
    return net.graph;
}

/// Energies are those of cells in 35: sums of 35 cubes of a dozen roundings each.
double const tolerance = test::rounding(6 + 35 + 12);

int steps_of_kind(graph::Graph const& graph, std::string const& kind)
{
    Plan const plan(graph, {.batch = 2});
    int count = 0;
    for (auto const& step : plan.steps())
        if (step->kind() == kind) ++count;
    return count;
}

void one_later(graph::Tensor& index)
{
    index.integers = std::vector<std::int64_t>{index.integers.front() + 1};
}

TEST(CellTail, equals_the_operators_that_it_stands_for)
{
    auto const graph = tail_network();
    EXPECT_EQ(steps_of_kind(graph, "cells"), 1);
    EXPECT_EQ(steps_of_kind(graph, "sum"), 0);
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 3}), tolerance);
}

TEST(CellTail, the_comparison_sees_another_threshold_share_rise_or_scale)
{
    auto const graph = tail_network();
    for (auto const* name :
         {"threshold", "floor_share", "rise", "kink1.from", "kink1.less", "kink2.from",
          "kink2.less", "faint.slope", "faint.offset", "line", "small", "gev_per_mev"}) {
        auto other = graph;
        other.constants.at(std::string("cells.") + name).floats.front() *=
            name == std::string("small") ? 1e6F : 1.5F;
        EXPECT_EQ(steps_of_kind(other, "cells"), 1);
        EXPECT_GT(test::worst_difference(other, graph, {.batch = 2}), 2 * tolerance) << name;
    }
    for (auto const* name : {"base", "scatter", "scatter_low"}) {
        auto other = graph;
        other.constants.at(name).floats[400] += 0.1F;
        EXPECT_GT(test::worst_difference(other, graph, {.batch = 2}), 2 * tolerance) << name;
    }
    auto elsewhere = graph;  // the same distance between layers, another start
    for (auto& [name, tensor] : elsewhere.constants)
        if (name.starts_with("cells.noise.layer") &&
            (name.ends_with(".start") || name.ends_with(".end")))
            one_later(tensor);
    EXPECT_EQ(steps_of_kind(elsewhere, "cells"), 1);
    EXPECT_LT(test::worst_difference(elsewhere, elsewhere, {.batch = 2}), tolerance);
    EXPECT_GT(test::worst_difference(elsewhere, graph, {.batch = 2}), 2 * tolerance);
}

TEST(CellTail, is_recognised_with_the_numbers_that_were_written)
{
    auto const graph = tail_network();
    auto const shapes = graph::infer_shapes(graph, 2);
    graph::CellTailMatcher const matcher(graph, shapes, [&](std::string const& name) {
        auto const found = graph.constants.find(name);
        return found == graph.constants.end() ? nullptr : &found->second;
    });
    auto const found = std::ranges::find(graph.nodes, "cells.hit_energies", &graph::Node::name);
    ASSERT_NE(found, graph.nodes.end());
    auto const match = matcher.ending_in(*found);
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->form, test::small_lean_form());
    EXPECT_EQ(match->answer, "answer");
    EXPECT_EQ(match->noise, "noise");
    EXPECT_EQ(match->noise_step, test::small_lean_noise_step);
}

/// The shipped networks, not only small ones of the same form: a slower path would be silent.
TEST(CellTail, of_the_shipped_networks_is_one_step)
{
    for (auto const* name : {"lean.onnx", "lean.int8.onnx"}) {
        auto const graph =
            graph::read_onnx(std::filesystem::path(LOWCAL_SOURCE_DIR) / "models" / name);
        EXPECT_EQ(steps_of_kind(graph, "cells"), 1) << name;
    }
}

TEST(CellTail, whose_parts_are_wanted_elsewhere_runs_operator_by_operator)
{
    auto graph = tail_network();
    graph.outputs.push_back({.name = "cells.all", .shape = {}});
    EXPECT_EQ(steps_of_kind(graph, "cells"), 0);
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 2}), tolerance);
}

TEST(CellTail, of_another_form_runs_operator_by_operator)
{
    auto soft = tail_network();
    soft.constants.at("cells.steepness").floats = {1e3F};  // hits are no longer all or nothing
    EXPECT_EQ(steps_of_kind(soft, "cells"), 0);
    EXPECT_LT(test::worst_difference(soft, soft, {.batch = 2}), 10 * tolerance);

    auto uneven = tail_network();  // one layer's noise begins elsewhere
    one_later(uneven.constants.at("cells.noise.layer7.start"));
    one_later(uneven.constants.at("cells.noise.layer7.end"));
    EXPECT_EQ(steps_of_kind(uneven, "cells"), 0);
    EXPECT_LT(test::worst_difference(uneven, uneven, {.batch = 2}), tolerance);
}

/// 16 layers of 2 x 2 cells of root 1, whose energy is 4: every cell is 1 GeV before the threshold.
std::vector<float> cells_with_threshold(float limit, InstructionSet set)
{
    std::vector<float> const base(64, 1.0F), none(64, 0.0F), roots(16, 1.0F), energies(16, 4.0F);
    std::vector<std::uint32_t> const places(4, 0);
    std::vector<float> cells(64, -1.0F);
    CellTail const tail{.rows = 2,
                        .columns = 2,
                        .layers = 16,
                        .base = base.data(),
                        .scatter = none.data(),
                        .scatter_low = none.data(),
                        .noise_places = places.data(),
                        .form = {.threshold = limit}};
    cell_tail_kernels.of(set)(tail, {.answer = none.data(),
                                     .noise = none.data(),
                                     .layer_roots = roots.data(),
                                     .layer_energies = energies.data(),
                                     .result = cells.data()});
    return cells;
}

TEST(CellTailKernels, a_cell_at_the_threshold_is_no_hit_and_one_above_it_is)
{
    for (auto const set : usable_instruction_sets()) {
        auto const below = cells_with_threshold(std::nextafter(1.0F, 0.0F), set);
        EXPECT_EQ(below, std::vector<float>(64, 1.0F)) << name_of(set);
        for (float const cell : cells_with_threshold(1.0F, set))
            EXPECT_FALSE(cell > 0.0F) << name_of(set);
    }
}

TEST(CellTailKernels, of_every_instruction_set_give_the_same_bits)
{
    for (std::size_t const layers : {16UL, 25UL, 31UL, 32UL}) {
        auto const cells = 5 * 7 * layers;
        auto base = test::pseudo_random(cells, 3);
        auto const answer = test::pseudo_random(cells, 4);
        auto const scatter = test::pseudo_random(cells, 6);
        auto const scatter_low = test::pseudo_random(cells, 7);
        auto const noise = test::pseudo_random(34 * 3 + layers, 8);
        std::vector<std::uint32_t> places;
        for (std::uint32_t i = 0; i < 35; ++i) places.push_back(3 * i);
        auto roots = test::pseudo_random(layers, 5);
        for (auto* numbers : {&base, &roots})
            for (auto& number : *numbers) number = std::abs(number);
        CellTail const tail{.rows = 5,
                            .columns = 7,
                            .layers = layers,
                            .base = base.data(),
                            .scatter = scatter.data(),
                            .scatter_low = scatter_low.data(),
                            .noise_places = places.data(),
                            .form = {.floor_share = 0.03F,
                                     .rise = 0.7F,
                                     .kinks = {{{0.1F, 0.3F}, {0.2F, 0.25F}}},
                                     .smallest_sum = 1e-6F,
                                     .threshold = 1e-2F}};
        std::vector<float> expected;
        for (auto const set : usable_instruction_sets()) {
            std::vector<float> result(cells + 1, -7.0F);
            cell_tail_kernels.of(set)(tail, {.answer = answer.data(),
                                             .noise = noise.data(),
                                             .layer_roots = roots.data(),
                                             .layer_energies = roots.data(),
                                             .result = result.data()});
            EXPECT_EQ(result.back(), -7.0F) << name_of(set) << " wrote behind the end";
            if (expected.empty()) expected = result;
            EXPECT_EQ(std::memcmp(result.data(), expected.data(), cells * sizeof(float)), 0)
                << name_of(set) << ", " << layers << " layers";
        }
    }
}

}  // namespace
}  // namespace lowcal::runtime
