// The reference run computes what ONNX Runtime does, operator by operator.

#include "graph/one_node.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::graph {
namespace {

using Integers = std::vector<std::int64_t>;

struct Case {
    OneNode node;
    Tensor expected;
};

std::vector<Case> const& cases()
{
    static std::vector<Case> const all{
#include "onnxruntime_values.inc"
    };
    return all;
}

/// Largest difference over the largest number; infinite where shapes or integers differ.
double distance(Tensor const& one, Tensor const& other)
{
    if (one.shape != other.shape || one.type != other.type ||
        one.integers.values() != other.integers.values())
        return std::numeric_limits<double>::infinity();
    double scale = 1e-30, worst = 0;
    for (std::size_t i = 0; i < one.floats.size(); ++i) {
        scale = std::max(scale, std::fabs(double{other.floats[i]}));
        worst = std::max(worst, std::fabs(double{one.floats[i]} - double{other.floats[i]}));
    }
    return worst / scale;
}

/// The reference rounds once, ONNX Runtime each of a few operations; its erf is good to 2e-7.
constexpr double few_roundings = 1e-6;

TEST(OnnxRuntimeValues, the_reference_computes_the_same)
{
    ASSERT_GT(cases().size(), 80U);
    for (auto const& [node, expected] : cases())
        EXPECT_LT(distance(run(node), expected), few_roundings) << node.op;
}

TEST(OnnxRuntimeValues, a_number_that_is_off_by_ten_roundings_would_be_seen)
{
    for (auto const& [node, expected] : cases()) {
        auto wrong = run(node);
        if (wrong.floats.empty())
            wrong.integers.set(0, wrong.integers[0] + 1);
        else
            *std::max_element(wrong.floats.begin(), wrong.floats.end(), [](float x, float y) {
                return std::fabs(x) < std::fabs(y);
            }) *= 1 + 1e-5F;
        if (node.op == "ConstantOfShape") wrong.floats[0] += 1e-5F;  // of zeros
        EXPECT_GT(distance(wrong, expected), few_roundings) << node.op;
    }
}

}  // namespace
}  // namespace lowcal::graph
