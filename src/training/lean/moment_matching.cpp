#include "training/lean/moment_matching.hpp"

#include <torch/torch.h>

#include <utility>

namespace lowcal::training {

torch::Tensor MomentMatching::operator()(torch::Tensor const& generated,
                                         torch::Tensor const& difference)
{
    sum_ = sum_.defined() ? memory_ * sum_ + (1.0 - memory_) * difference
                          : (1.0 - memory_) * difference;
    weight_ = memory_ * weight_ + (1.0 - memory_);
    auto const remembered = sum_ / weight_;
    // Value: remembered²; gradient: 2 remembered d(generated).
    return (remembered.square() + 2.0 * remembered * (generated - generated.detach())).sum();
}

void MomentMatching::save(torch::serialize::OutputArchive& archive, std::string const& key) const
{
    if (!sum_.defined()) return;
    archive.write(key, sum_);
    archive.write(key + "_weight", torch::tensor(weight_, torch::kFloat64));
}

void MomentMatching::load(torch::serialize::InputArchive& archive, std::string const& key)
{
    torch::Tensor weight;
    if (!archive.try_read(key + "_weight", weight)) return;
    archive.read(key, sum_);
    weight_ = weight.item<double>();
}

std::function<void()> start_matching(std::vector<MatchedMeans> all, Ranks const& ranks)
{
    std::vector<torch::Tensor> differences;
    for (auto const& means : all)
        differences.push_back((means.generated - means.real).detach().contiguous());
    return [all = std::move(all), differences, wait = ranks.start_average(differences)] {
        wait();
        for (std::size_t i = 0; i < all.size(); ++i)
            *all[i].loss = (*all[i].matching)(all[i].generated, differences[i]);
    };
}

}  // namespace lowcal::training
