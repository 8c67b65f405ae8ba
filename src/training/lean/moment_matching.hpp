#pragma once

#include "training/parallel/ranks.hpp"

#include <torch/serialize/archive.h>
#include <torch/types.h>

#include <string>

namespace lowcal::training {

/// Pulls the mean of something over generated showers to its mean over real ones.
///
/// A batch's difference of means is mostly noise. What is minimised is the square of a difference
/// that is averaged over the last batches, too: its gradient is (remembered difference) x (gradient
/// of this batch's generated mean), so that the pull of noise cancels from step to step while that
/// of a real difference adds up.
class MomentMatching {
public:
    /// `memory`: share of the remembered difference that a step keeps, in [0, 1). `ranks`, which
    /// must live as long as this, average what they remember.
    explicit MomentMatching(double memory, Ranks const& ranks = one_process())
        : memory_(memory), ranks_(&ranks)
    {
    }

    /// The loss whose gradient does that, summed over all numbers; `generated` and `real` are means
    /// over the batch (the rank's part of it). Its value is the square of the remembered
    /// difference.
    torch::Tensor operator()(torch::Tensor const& generated, torch::Tensor const& real);

    /// The memory under these keys; one that an archive does not have begins empty.
    void save(torch::serialize::OutputArchive& archive, std::string const& key) const;
    void load(torch::serialize::InputArchive& archive, std::string const& key);

private:
    double memory_;
    Ranks const* ranks_;
    double weight_ = 0;  ///< of all batches in the memory, below 1 at first
    torch::Tensor sum_;
};

}  // namespace lowcal::training
