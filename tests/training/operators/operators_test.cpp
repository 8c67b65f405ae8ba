// Each operator of the slow reference run equals LibTorch's own function.

#include "graph/model/operators.hpp"

#include "training/operators/operator_case.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>
#include <set>
#include <sstream>

namespace lowcal::training {
namespace {

constexpr double half_ulp_of_one = 0x1p-24;  // float32

/// Operators that are tested together: LibTorch takes longer to start than a hundred cases.
struct Family {
    std::string name;
    std::vector<OperatorCase> cases;
};

/// Made once and in this order, so that each case has the same numbers whichever tests run.
std::vector<Family> const& families()
{
    static std::vector<Family> const all{{"dense", dense_cases()},
                                         {"convolution", convolution_cases()},
                                         {"transposed_convolution", transposed_convolution_cases()},
                                         {"elementwise", elementwise_cases()},
                                         {"layout", layout_cases()},
                                         {"quantisation", quantisation_cases()}};
    return all;
}

std::ostream& operator<<(std::ostream& stream, Family const& family)
{
    return stream << family.name;
}

torch::Tensor libtorch_result(OperatorCase const& one, torch::ScalarType floating)
{
    Inputs inputs;
    for (auto const& argument : one.node.arguments)
        inputs.push_back(argument.is_absent ? torch::Tensor()
                                            : to_torch(argument.tensor, floating));
    return one.libtorch(inputs).to(torch::kFloat64);
}

graph::Tensor reference_result(OperatorCase const& one, graph::OneNode const& node)
{
    return graph::run_all(node).at(one.output);
}

/// The reference sums in double and rounds once. LibTorch in double has its own roundings: two for
/// each of the sum's terms, of which the largest intermediate result is the sum of all.
torch::Tensor one_rounding(OperatorCase const& one, torch::Tensor const& expected)
{
    auto const terms = static_cast<double>(one.terms);
    return half_ulp_of_one * expected.abs() + 4 * terms * terms * 0x1p-52;
}

/// LibTorch in float32 rounds after each term; functions such as exp are good to two units.
torch::Tensor rounding_of_each_term(OperatorCase const& one, torch::Tensor const& expected)
{
    auto const terms = static_cast<double>(one.terms);
    auto const largest = std::max(terms, expected.abs().max().item<double>());
    return torch::full_like(expected, (terms + 4) * half_ulp_of_one * largest);
}

::testing::AssertionResult agree(graph::Tensor const& found, torch::Tensor const& expected,
                                 torch::Tensor const& tolerance)
{
    if (found.shape != expected.sizes().vec())
        return ::testing::AssertionFailure() << "shape " << torch::IntArrayRef(found.shape)
                                             << ", LibTorch's " << expected.sizes();
    auto const difference = (to_torch(found, torch::kFloat64) - expected).abs();
    if ((difference <= tolerance).all().item<bool>()) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << "differs by up to " << difference.max().item<double>() << ", "
           << (difference / tolerance).max().item<double>() << " times what rounding explains";
}

class Operators : public ::testing::TestWithParam<Family> {};

TEST_P(Operators, equal_libtorch_in_double_rounded_once)
{
    for (auto const& one : GetParam().cases) {
        auto const exact = libtorch_result(one, torch::kFloat64);
        EXPECT_TRUE(agree(reference_result(one, one.node), exact, one_rounding(one, exact))) << one;
    }
}

TEST_P(Operators, equal_libtorch_in_float32_to_the_rounding_of_each_term)
{
    for (auto const& one : GetParam().cases) {
        auto const single = libtorch_result(one, torch::kFloat32);
        EXPECT_TRUE(
            agree(reference_result(one, one.node), single, rounding_of_each_term(one, single)))
            << one;
    }
}

TEST_P(Operators, differ_from_libtorch_where_one_number_of_the_node_is_slightly_wrong)
{
    for (auto const& one : GetParam().cases) {
        auto wrong = one.node;
        one.spoil(wrong);
        auto const exact = libtorch_result(one, torch::kFloat64);
        EXPECT_FALSE(agree(reference_result(one, wrong), exact, one_rounding(one, exact))) << one;
    }
}

INSTANTIATE_TEST_SUITE_P(Families, Operators, ::testing::ValuesIn(families()),
                         [](auto const& one) { return one.param.name; });

/// Those that are held against values of ONNX Runtime (tests/graph/onnxruntime_values_test.cpp).
std::set<std::string> compared_with_onnxruntime()
{
    std::set<std::string> names;
    std::ifstream cases(LOWCAL_SOURCE_DIR "/tests/graph/onnxruntime_values.inc");
    constexpr std::string_view start = "{{\"";
    for (std::string line; std::getline(cases, line);)
        if (line.starts_with(start))
            names.insert(line.substr(start.size(), line.find('"', start.size()) - start.size()));
    return names;
}

TEST(OperatorCases, cover_every_operator_that_the_reference_run_knows)
{
    // In fine_test.cpp, passes_test.cpp; shapes are inferred (simplify_test.cpp).
    std::set<std::string> compared{graph::split_tree_operator, graph::cell_passes_operator, "Shape",
                                   "Size"};
    compared.merge(compared_with_onnxruntime());
    for (auto const& family : families())
        for (auto const& one : family.cases) compared.insert(one.node.op);
    std::istringstream names(graph::supported_operators());
    std::size_t count = 0;
    for (std::string name; names >> name; ++count) {
        if (name.back() == ',') name.pop_back();
        EXPECT_TRUE(compared.contains(name)) << name;
    }
    EXPECT_EQ(count, compared.size());
}

}  // namespace
}  // namespace lowcal::training
