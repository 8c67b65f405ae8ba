#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::runtime {

/// Which network of an ensemble makes a shower: each as often as its weight says.
///
/// The member of shower i is a pure function of (weights, seed, i), by a random number of a stream
/// of its own: the latent vector is what it is without an ensemble. Threads may share it.
class MemberChoice {
public:
    /// One weight a member; none: all alike. Throws InputError where their number is another, one
    /// is negative or no finite number, or none is above zero.
    MemberChoice(std::size_t members, std::vector<double> const& weights);

    std::size_t operator()(std::uint64_t seed, std::uint64_t shower) const;

    /// Of each member among all showers; their sum is 1. All that the choice depends on.
    std::span<double const> shares() const { return shares_; }

private:
    std::vector<double> shares_;
    std::vector<double> ends_;  ///< sums of the shares up to each member; at the last one 1
};

}  // namespace lowcal::runtime
