#include "training/operators/operator_case.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

std::vector<OperatorCase> gemm_cases()
{
    std::int64_t const yes = 1;
    return {
        {.name = "gemm",
         .node = {"Gemm", {random({4, 7}), random({7, 5}), random({5})}},
         .libtorch = [](Inputs const& in) { return torch::addmm(in[2], in[0], in[1]); },
         .spoil = nudge(1),
         .terms = 8},
        {.name = "gemm_without_bias",
         .node = {"Gemm", {random({4, 7}), random({7, 5})}},
         .libtorch = [](Inputs const& in) { return torch::mm(in[0], in[1]); },
         .spoil = set("alpha", 1.00001F),
         .terms = 7},
        {.name = "gemm_alpha_beta",
         .node = {"Gemm",
                  {random({4, 4}), random({4, 4}), random({4, 1})},
                  {{"alpha", 0.75F}, {"beta", -0.5F}}},
         .libtorch = [](Inputs const& in) { return torch::addmm(in[2], in[0], in[1], -0.5, 0.75); },
         .spoil = set("beta", -0.50001F),
         .terms = 5},
        {.name = "gemm_transposed_first",
         .node = {"Gemm", {random({6, 6}), random({6, 6}), random({6})}, {{"transA", yes}}},
         .libtorch = [](Inputs const& in) { return torch::addmm(in[2], in[0].t(), in[1]); },
         .spoil = set("transA", std::int64_t{0}),
         .terms = 7},
        {.name = "gemm_transposed_second",
         .node = {"Gemm", {random({3, 200}), random({9, 200}), random({9})}, {{"transB", yes}}},
         .libtorch = [](Inputs const& in) { return torch::linear(in[0], in[1], in[2]); },
         .spoil = nudge(2),
         .terms = 201},
        {.name = "gemm_transposed_both",
         .node = {"Gemm", {random({6, 3}), random({4, 6})}, {{"transA", yes}, {"transB", yes}}},
         .libtorch = [](Inputs const& in) { return torch::mm(in[0].t(), in[1].t()); },
         .spoil = nudge(0),
         .terms = 6}};
}

std::vector<OperatorCase> matmul_cases()
{
    auto const matmul = [](Inputs const& in) { return torch::matmul(in[0], in[1]); };
    return {{.name = "matmul",
             .node = {"MatMul", {random({5, 50}), random({50, 6})}},
             .libtorch = matmul,
             .spoil = nudge(1),
             .terms = 50},
            {.name = "matmul_stacks_are_broadcast",
             .node = {"MatMul", {random({2, 1, 4, 5}), random({3, 5, 2})}},
             .libtorch = matmul,
             .spoil = nudge(0),
             .terms = 5},
            {.name = "matmul_of_vector_and_matrix",
             .node = {"MatMul", {random({8}), random({8, 3})}},
             .libtorch = matmul,
             .spoil = nudge(1),
             .terms = 8}};
}

/// Scale, shift, mean and variance of three channels; the quotient stays within 2.
std::vector<graph::Argument> normalised(graph::Shape shape)
{
    return {random(std::move(shape)), random({3}), random({3}), random({3}),
            random({3}, {.low = 0.3F, .high = 2.0F})};
}

OperatorCase normalisation(std::string name, graph::Shape shape, float epsilon, Spoil spoil)
{
    return {.name = std::move(name),
            .node = {"BatchNormalization", normalised(std::move(shape)), {{"epsilon", epsilon}}},
            .libtorch =
                [epsilon](Inputs const& in) {
                    return torch::batch_norm(in[0], in[1], in[2], in[3], in[4], false, 0.1,
                                             double{epsilon}, false);
                },
            .spoil = std::move(spoil),
            .terms = 5};
}

std::vector<OperatorCase> reductions()
{
    auto const keep = [](std::int64_t flag) { return graph::Attributes{{"keepdims", flag}}; };
    return {{.name = "reduce_sum",
             .node = {"ReduceSum", {random({3, 4, 5}), list({1, -1})}, keep(0)},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::sum(in[0], {1, 2});
                 },
             .spoil = nudge(0),
             .terms = 20},
            {.name = "reduce_sum_of_everything",
             .node = {"ReduceSum", {random({6, 10, 10})}, keep(1)},
             .libtorch =
                 [](Inputs const& in) {
                     return torch::sum(in[0], {0, 1, 2}, true);
                 },
             .spoil = nudge(0),
             .terms = 600},
            {.name = "reduce_mean",
             .node = {"ReduceMean", {random({3, 4, 4})}, {{"axes", Integers{-1}}}},
             .libtorch = [](Inputs const& in) { return torch::mean(in[0], {2}, true); },
             .spoil = set("axes", Integers{0}),
             .terms = 4}};
}

}  // namespace

std::vector<OperatorCase> dense_cases()
{
    auto cases = gemm_cases();
    for (auto const& more : {matmul_cases(), reductions()})
        cases.insert(cases.end(), more.begin(), more.end());
    cases.push_back(normalisation("batch_norm_of_images", {2, 3, 4, 5}, 1e-3F, nudge(3)));
    cases.push_back(normalisation("batch_norm_of_volumes", {2, 3, 4, 2, 3}, 1e-5F, nudge(4)));
    cases.push_back(
        normalisation("batch_norm_epsilon", {4, 3, 6}, 0.25F, set("epsilon", 0.25001F)));
    return cases;
}

}  // namespace lowcal::training
