#include "quantisation/store_as.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/temporary_folder.hpp"
#include "quantisation/quantiser.hpp"
#include "runtime/plan.hpp"
#include "runtime/small_lean.hpp"
#include "small_int8.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace lowcal::quantisation {
namespace {

using graph::ElementType;

TEST(StoredWeights, cells_move_by_what_the_type_rounds)
{
    auto const network = test::small_generator();
    auto const exact = test::cells_of(network);
    auto const noise = [&](ElementType type) {
        return test::relative_noise(exact, test::cells_of(with_stored_weights(network, type)));
    };
    // Half a unit of 11 and of 8 digits at most, averaged over hundreds of weights a cell.
    EXPECT_LT(noise(ElementType::float16), 0x1p-11);
    EXPECT_GT(noise(ElementType::float16), 0x1p-16);  // float32 would be far below
    EXPECT_LT(noise(ElementType::bfloat16), 0x1p-8);
    EXPECT_GT(noise(ElementType::bfloat16), 0x1p-13);
}

TEST(StoredWeights, the_file_is_half_as_large_and_reads_back_the_same)
{
    graph::TemporaryFolder const folder;
    auto const network = test::small_generator();
    auto const stored = with_stored_weights(network, ElementType::float16);
    graph::write_onnx(network, folder.file("f32.onnx"));
    graph::write_onnx(stored, folder.file("f16.onnx"));
    EXPECT_LT(std::filesystem::file_size(folder.file("f16.onnx")),
              0.6 * static_cast<double>(std::filesystem::file_size(folder.file("f32.onnx"))));
    EXPECT_EQ(test::cells_of(graph::read_onnx(folder.file("f16.onnx"))), test::cells_of(stored));
}

TEST(StoredWeights, the_runtime_says_what_it_runs)
{
    using runtime::Plan;
    using runtime::Precision;
    auto const network = test::small_generator();
    EXPECT_EQ(Plan(with_stored_weights(network, ElementType::float16), {.batch = 1}).precision(),
              Precision::float16);
    EXPECT_EQ(Plan(with_stored_weights(network, ElementType::bfloat16), {.batch = 1}).precision(),
              runtime::available_precision(Precision::bfloat16));
    EXPECT_EQ(Plan(network, {.batch = 1, .precision = Precision::float16}).precision(),
              Precision::float32);
}

TEST(StoredWeights, leave_the_fused_steps_of_lean_as_they_are)
{
    auto const kinds = [](graph::Graph const& network) {
        runtime::Plan const plan(network, {.batch = 1});
        std::vector<std::string> names;
        for (auto const& step : plan.steps()) names.emplace_back(step->kind());
        return names;
    };
    auto const expected = kinds(test::small_lean());
    EXPECT_TRUE(std::find(expected.begin(), expected.end(), "cells") != expected.end());
    EXPECT_EQ(kinds(with_stored_weights(test::small_lean(), ElementType::float16)), expected);
}

TEST(StoredWeights, refuses_what_the_type_cannot_hold)
{
    auto network = test::small_generator();
    network.constants.at("merge.w").floats[3] = 1e5F;
    EXPECT_THROW(with_stored_weights(network, ElementType::float16), InputError);
    EXPECT_NO_THROW(with_stored_weights(network, ElementType::bfloat16));
    network.constants.at("merge.w").floats[3] = std::numeric_limits<float>::infinity();
    EXPECT_THROW(with_stored_weights(network, ElementType::bfloat16), InputError);
    EXPECT_THROW(with_stored_weights(test::small_generator(), ElementType::int8), InputError);
}

}  // namespace
}  // namespace lowcal::quantisation
