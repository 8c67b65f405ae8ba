#include "one_node.hpp"

#include <cmath>
#include <limits>

namespace lowcal::graph {
namespace {

using Values = std::vector<float>;

auto const x = floats({4}, {-2, -0.5F, 0, 3});

struct Function {
    std::string op;
    Values input;
    Values expected;
};

TEST(ReferenceElementwise, functions_of_one_number)
{
    std::vector<Function> const functions{
        {"Abs", {-2, 3}, {2, 3}},
        {"Exp", {0, 1}, {1, 2.7182818F}},
        {"Log", {1, 10}, {0, 2.3025851F}},
        {"Neg", {-2, 3}, {2, -3}},
        {"Relu", {-2, 3}, {0, 3}},
        {"Sigmoid", {0, std::log(3.0F), -100}, {0.5F, 0.75F, 3.720076e-44F}},  // 1/(1 + 1/3)
        {"Softplus", {0, 100, -100}, {0.6931472F, 100, 3.720076e-44F}},
        {"Sqrt", {9, 2}, {3, 1.4142135F}},
        {"Tanh", {0, 1, -50}, {0, 0.7615942F, -1}},
        {"Identity", {-2, 3}, {-2, 3}},
        {"Dropout", {-2, 3}, {-2, 3}},
    };
    for (auto const& function : functions) {
        auto const size = static_cast<std::int64_t>(function.input.size());
        auto const result = run({function.op, {floats({size}, function.input)}}).floats;
        for (std::size_t i = 0; i < result.size(); ++i)
            EXPECT_FLOAT_EQ(result[i], function.expected[i]) << function.op << " element " << i;
    }
}

TEST(ReferenceElementwise, relu_passes_not_a_number_on)
{
    auto const nan = floats({1}, {std::numeric_limits<float>::quiet_NaN()});
    EXPECT_TRUE(std::isnan(run({"Relu", {nan}}).floats[0]));
    EXPECT_TRUE(std::isnan(run({"LeakyRelu", {nan}}).floats[0]));
    EXPECT_TRUE(std::isnan(run({"Max", {nan, floats({1}, {1})}}).floats[0]));
    EXPECT_TRUE(std::isnan(run({"Min", {floats({1}, {1}), nan}}).floats[0]));
}

TEST(ReferenceElementwise, leaky_relu_scales_negative_numbers_by_its_slope)
{
    EXPECT_EQ(run({"LeakyRelu", {x}, {{"alpha", 0.5F}}}).floats, (Values{-1, -0.25F, 0, 3}));
    EXPECT_EQ(run({"LeakyRelu", {x}}).floats, (Values{-0.02F, -0.005F, 0, 3}));  // default 0.01
}

TEST(ReferenceElementwise, operators_of_two_numbers_keep_their_order)
{
    auto const a = floats({2}, {6, 2});
    auto const b = floats({2}, {3, 4});
    EXPECT_EQ(run({"Add", {a, b}}).floats, (Values{9, 6}));
    EXPECT_EQ(run({"Sub", {a, b}}).floats, (Values{3, -2}));
    EXPECT_EQ(run({"Mul", {a, b}}).floats, (Values{18, 8}));
    EXPECT_EQ(run({"Div", {a, b}}).floats, (Values{2, 0.5F}));
    EXPECT_EQ(run({"Pow", {a, b}}).floats, (Values{216, 16}));
    EXPECT_EQ(run({"Max", {a, b}}).floats, (Values{6, 4}));
    EXPECT_EQ(run({"Min", {a, b}}).floats, (Values{3, 2}));
}

TEST(ReferenceElementwise, max_and_min_take_any_number_of_inputs)
{
    auto const a = floats({2}, {1, 5});
    auto const b = floats({2}, {4, 2});
    auto const c = floats({}, {3});
    EXPECT_EQ(run({"Max", {a, b, c}}).floats, (Values{4, 5}));
    EXPECT_EQ(run({"Min", {a, b, c}}).floats, (Values{1, 2}));
    EXPECT_EQ(run({"Max", {a}}).floats, (Values{1, 5}));
}

TEST(ReferenceElementwise, shapes_broadcast_from_the_last_dimension)
{
    auto const matrix = floats({2, 3}, {1, 2, 3, 4, 5, 6});
    EXPECT_EQ(run({"Add", {matrix, floats({3}, {10, 20, 30})}}).floats,
              (Values{11, 22, 33, 14, 25, 36}));
    EXPECT_EQ(run({"Add", {matrix, floats({2, 1}, {10, 20})}}).floats,
              (Values{11, 12, 13, 24, 25, 26}));
    auto const outer = run({"Mul", {floats({2, 1}, {1, 2}), floats({1, 3}, {1, 10, 100})}});
    EXPECT_EQ(outer.shape, (Shape{2, 3}));
    EXPECT_EQ(outer.floats, (Values{1, 10, 100, 2, 20, 200}));
    auto const message = error_of([&] { run({"Add", {matrix, floats({2}, {1, 2})}}); });
    EXPECT_TRUE(mentions(message, {"Add node 'tested'", "[2]", "[2, 3]"}));
}

TEST(ReferenceElementwise, clip_has_optional_bounds)
{
    auto const low = floats({}, {-1});
    auto const high = floats({}, {2});
    EXPECT_EQ(run({"Clip", {x, low, high}}).floats, (Values{-1, -0.5F, 0, 2}));
    EXPECT_EQ(run({"Clip", {x, low}}).floats, (Values{-1, -0.5F, 0, 3}));
    EXPECT_EQ(run({"Clip", {x, absent(), high}}).floats, (Values{-2, -0.5F, 0, 2}));
    EXPECT_EQ(run({"Clip", {x, high, low}}).floats, (Values{-1, -1, -1, -1}));  // the upper wins
}

Attributes to(ElementType type)
{
    constexpr std::int64_t codes[] = {1, 10, 16, 3, 2, 6, 7, 9};
    return {{"to", codes[static_cast<std::size_t>(type)]}};
}

TEST(ReferenceElementwise, cast_to_integers_cuts_the_fraction_off)
{
    auto const input = floats({5}, {-1.9F, 1.9F, 300, -300, 0.5F});
    EXPECT_EQ(run({"Cast", {input}, to(ElementType::int32), ElementType::int32}).integers,
              (std::vector<std::int64_t>{-1, 1, 300, -300, 0}));
    EXPECT_EQ(run({"Cast", {input}, to(ElementType::uint8), ElementType::uint8}).integers,
              (std::vector<std::int64_t>{0, 1, 255, 0, 0}));
    EXPECT_EQ(run({"Cast", {input}, to(ElementType::boolean), ElementType::boolean}).integers,
              (std::vector<std::int64_t>{1, 1, 1, 1, 1}));
}

TEST(ReferenceElementwise, cast_to_sixteen_bits_rounds_and_back_keeps_the_value)
{
    auto const third = floats({1}, {1.0F / 3});
    auto half = run({"Cast", {third}, to(ElementType::float16), ElementType::float16});
    EXPECT_EQ(half.floats[0], 1365.0F / 4096);  // 10 bits behind the leading one
    EXPECT_EQ(run({"Cast", {half}, to(ElementType::float32)}).floats[0], 1365.0F / 4096);
    auto const brain = run({"Cast", {third}, to(ElementType::bfloat16), ElementType::bfloat16});
    EXPECT_EQ(brain.floats[0], 171.0F / 512);  // 7 bits behind the leading one
    EXPECT_EQ(run({"Cast", {integers({2}, {-3, 7})}, to(ElementType::float32)}).floats,
              (Values{-3, 7}));
}

TEST(ReferenceElementwise, calculations_on_sixteen_bits_or_mixed_integers_are_refused)
{
    auto const half = Tensor{ElementType::float16, {1}, {1}, {}};
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Relu", {half}});
                         }),
                         {"Relu node 'tested'", "float16", "Cast"}));
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Add", {integers({1}, {1}), floats({1}, {1})}});
                         }),
                         {"Add node 'tested'", "int64"}));
}

TEST(ReferenceElementwise, dropout_in_training_is_refused)
{
    auto const yes = fixed(integers({}, {1}, ElementType::boolean));
    auto const no = fixed(integers({}, {0}, ElementType::boolean));
    auto const ratio = fixed(floats({}, {0.5F}));
    EXPECT_EQ(run({"Dropout", {x, ratio, no}}).floats, x.floats);
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Dropout", {x, ratio, yes}});
                         }),
                         {"Dropout node 'tested'", "training"}));
}

}  // namespace
}  // namespace lowcal::graph
