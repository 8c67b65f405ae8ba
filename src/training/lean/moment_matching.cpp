#include "training/lean/moment_matching.hpp"

#include <torch/torch.h>

namespace lowcal::training {

torch::Tensor MomentMatching::operator()(torch::Tensor const& generated, torch::Tensor const& real)
{
    auto const difference = (generated - real).detach().contiguous();
    ranks_->average(std::vector{difference});
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

}  // namespace lowcal::training
