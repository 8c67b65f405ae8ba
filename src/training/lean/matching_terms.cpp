#include "training/lean/matching_terms.hpp"

#include "training/lean/lean_critic.hpp"

#include <torch/torch.h>

#include <utility>

namespace lowcal::training {
namespace {

constexpr double product_memory = 0.98;  ///< a batch says little of so many numbers
constexpr double whole_shower_weight = 3.0;

std::string key_of(MatchingTermInfo const& term)
{
    return std::string(term.name) + "_matching";
}

}  // namespace

torch::Tensor add_terms(torch::Tensor loss, TermLosses const& terms, LeanRecipe const& recipe,
                        PerTerm<double>& values)
{
    for (std::size_t row = 0; row < matching_terms.size(); ++row) {
        if (!terms[row].defined()) continue;
        loss = loss + recipe.*matching_terms[row].weight * terms[row];
        values[row] = terms[row].item<double>();
    }
    return loss;
}

TermMatching::TermMatching(LeanRecipe const& recipe)
    : memories_(matching_terms.size(), MomentMatching(recipe.matching_memory))
{
    (*this)[MatchingTerm::products] = MomentMatching(product_memory);
}

void TermMatching::save(torch::serialize::OutputArchive& archive) const
{
    for (std::size_t row = 0; row < memories_.size(); ++row)
        memories_[row].save(archive, key_of(matching_terms[row]));
}

void TermMatching::load(torch::serialize::InputArchive& archive)
{
    for (std::size_t row = 0; row < memories_.size(); ++row)
        memories_[row].load(archive, key_of(matching_terms[row]));
}

torch::Tensor feature_weights(ShowerGeometry const& geometry)
{
    FeatureCounts const counts(geometry);
    return torch::cat({torch::ones({counts.layers}),
                       torch::full({counts.whole_shower}, whole_shower_weight)})
        .repeat({2});
}

torch::optim::AdamOptions adversarial_adam(double rate)
{
    return torch::optim::AdamOptions(rate).betas({0.0, 0.99});
}

}  // namespace lowcal::training
