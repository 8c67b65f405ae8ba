#pragma once

#include "training/parallel/ranks.hpp"

#include <torch/serialize/archive.h>
#include <torch/types.h>

#include <functional>
#include <string>
#include <vector>

namespace lowcal::training {

/// Pulls the mean of something over generated showers to its mean over real ones.
///
/// A batch's difference of means is mostly noise. What is minimised is the square of a difference
/// that is averaged over the last batches, too: its gradient is (remembered difference) x (gradient
/// of this batch's generated mean), so that the pull of noise cancels from step to step while that
/// of a real difference adds up.
class MomentMatching {
public:
    /// `memory`: share of the remembered difference that a step keeps, in [0, 1).
    explicit MomentMatching(double memory) : memory_(memory) {}

    /// The loss whose gradient does that, summed over all numbers; `generated` are means over the
    /// batch (the rank's part of it), `difference` is generated minus real means (of the whole
    /// batch). Its value is the square of the remembered difference.
    torch::Tensor operator()(torch::Tensor const& generated, torch::Tensor const& difference);

    /// The memory under these keys; one that an archive does not have begins empty.
    void save(torch::serialize::OutputArchive& archive, std::string const& key) const;
    void load(torch::serialize::InputArchive& archive, std::string const& key);

private:
    double memory_;
    double weight_ = 0;  ///< of all batches in the memory, below 1 at first
    torch::Tensor sum_;
};

/// Means over a rank's part of a batch, and where their loss goes.
struct MatchedMeans {
    MomentMatching* matching = nullptr;
    torch::Tensor generated, real;
    torch::Tensor* loss = nullptr;
};

/// Lets the ranks average the differences of all in one exchange, while this process computes on;
/// what it returns, to be called once, waits for them and computes the losses.
std::function<void()> start_matching(std::vector<MatchedMeans> all, Ranks const& ranks);

}  // namespace lowcal::training
