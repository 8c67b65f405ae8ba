#include "runtime/member_choice.hpp"

#include "core/error.hpp"
#include "core/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

namespace lowcal::runtime {
namespace {

/// Throws InputError for weights that are none.
double sum_of(std::span<double const> weights)
{
    for (double const weight : weights)
        if (!(weight >= 0) || !std::isfinite(weight))
            throw InputError("a weight of an ensemble is " + std::to_string(weight),
                             "weights are finite and not negative");
    auto const sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (sum <= 0)
        throw InputError("all weights of an ensemble are zero", "no network would make a shower");
    if (!std::isfinite(sum)) throw InputError("the weights of an ensemble have no finite sum");
    return sum;
}

/// One of 2^53 numbers in [0, 1), all as likely.
double uniform_number(std::uint64_t seed, std::uint64_t shower)
{
    std::array<std::uint32_t, 2> bits{};
    ItemRandom({.seed = seed, .stream = RandomStream::member}, shower).bits(bits);
    auto const whole = (std::uint64_t{bits[0]} << 21) | (bits[1] >> 11);
    return static_cast<double>(whole) * 0x1p-53;
}

}  // namespace

MemberChoice::MemberChoice(std::size_t members, std::vector<double> const& weights)
    : shares_(weights.empty() ? std::vector<double>(members, 1.0) : weights)
{
    if (members == 0) throw InputError("an ensemble has no network");
    if (shares_.size() != members)
        throw InputError(std::to_string(weights.size()) + " weights are given",
                         "there are " + std::to_string(members) + " networks",
                         "give one for each, in the same order");
    double const sum = sum_of(shares_);
    for (double& share : shares_) share /= sum;
    double end = 0;
    for (double const share : shares_) ends_.push_back(end += share);
    // The sum is rounded: from the last member that is ever chosen on it is 1.
    auto last = members;
    while (shares_[last - 1] <= 0) --last;
    std::fill(ends_.begin() + static_cast<std::ptrdiff_t>(last) - 1, ends_.end(), 1.0);
}

std::size_t MemberChoice::operator()(std::uint64_t seed, std::uint64_t shower) const
{
    auto const end = std::ranges::upper_bound(ends_, uniform_number(seed, shower));
    return static_cast<std::size_t>(end - ends_.begin());
}

}  // namespace lowcal::runtime
