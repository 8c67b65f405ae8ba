#include "training/nn/latent_response.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

/// Of the regression, in showers: what one latent number says of another's answer by chance is
/// small beside it.
constexpr double ridge = 60.0;
/// Share of the largest possible correlation that is asked for: beyond, numbers would be one.
constexpr double most_correlation = 0.95;
constexpr double least_variance = 1e-3;
constexpr std::int64_t degree = 4;

torch::Tensor symmetric(torch::Tensor const& matrix)
{
    return 0.5 * (matrix + matrix.t());
}

/// Covariances of [N, K] about zero.
torch::Tensor covariance(torch::Tensor const& numbers)
{
    return numbers.t().matmul(numbers) / static_cast<double>(numbers.size(0));
}

/// Answers [K, L] of numbers to latent vectors.
torch::Tensor answers(torch::Tensor const& latents, torch::Tensor const& numbers)
{
    auto const size = latents.size(1);
    auto const squares = latents.t().matmul(latents) + ridge * torch::eye(size, latents.options());
    return torch::linalg_solve(squares, latents.t().matmul(numbers)).t();
}

/// A power of a symmetric matrix without negative eigenvalues.
torch::Tensor power(torch::Tensor const& matrix, double exponent)
{
    auto const [values, vectors] = torch::linalg_eigh(symmetric(matrix));
    return vectors.matmul(torch::diag(values.clamp_min(least_variance).pow(exponent)))
        .matmul(vectors.t());
}

/// The covariances that the linear part is to have: as wanted on the diagonal, elsewhere as far as
/// that goes.
torch::Tensor possible(torch::Tensor const& wanted)
{
    auto const variance = wanted.diagonal().clamp_min(least_variance);
    auto const most = most_correlation * torch::outer(variance, variance).sqrt();
    auto const limited = torch::minimum(torch::maximum(wanted, -most), most);
    auto const others = limited - torch::diag(limited.diagonal());
    return torch::diag(variance) + others;
}

}  // namespace

torch::Tensor response_correction(torch::Tensor const& latents, torch::Tensor const& generated,
                                  torch::Tensor const& real)
{
    auto const z = latents.to(torch::kFloat64);
    auto const spread = real.to(torch::kFloat64).square().mean(0, true).sqrt();
    auto const found = generated.to(torch::kFloat64) / spread;
    auto const wanted = covariance(real.to(torch::kFloat64) / spread);
    // What two halves agree on is linear answer, the rest chance.
    auto const half = z.size(0) / 2;
    auto const first = answers(z.narrow(0, 0, half), found.narrow(0, 0, half));
    auto const second = answers(z.narrow(0, half, half), found.narrow(0, half, half));
    auto const linear = symmetric(first.matmul(second.t()));
    auto const target = possible(wanted - (covariance(found) - linear));
    // The smallest change of answers that have the covariances `linear` to ones of `target`.
    auto const root = power(linear, 0.5);
    auto const inverse = power(linear, -0.5);
    auto const change =
        inverse.matmul(power(root.matmul(target).matmul(root), 0.5)).matmul(inverse);
    auto const all = answers(z, found);
    auto const none = torch::eye(change.size(0), change.options());
    return torch::eye(z.size(1), z.options()) +
           all.t().matmul(torch::linalg_solve(all.matmul(all.t()), (change - none).matmul(all)));
}

torch::Tensor beyond_usual_at(torch::Tensor const& energy, torch::Tensor const& numbers, Beyond how)
{
    auto const logarithm = energy.to(torch::kFloat64).log();
    auto const x = ((logarithm - logarithm.mean()) / logarithm.std().clamp_min(1e-6)).unsqueeze(1);
    std::vector<torch::Tensor> powers;
    for (std::int64_t i = 0; i <= degree; ++i) powers.push_back(x.pow(static_cast<double>(i)));
    auto const terms = torch::cat(powers, 1);
    auto const y = numbers.to(torch::kFloat64);
    auto const squares = terms.t().matmul(terms) + 1e-9 * torch::eye(degree + 1, y.options());
    auto const usual = terms.matmul(torch::linalg_solve(squares, terms.t().matmul(y)));
    return how == Beyond::relative ? y / usual - 1.0 : y - usual;
}

}  // namespace lowcal::training
