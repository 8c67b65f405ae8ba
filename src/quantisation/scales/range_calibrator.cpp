#include "quantisation/scales/range_calibrator.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

namespace lowcal::quantisation {
namespace {

std::map<std::string_view, RangeMethod> const methods{{"minmax", RangeMethod::min_max},
                                                      {"percentile", RangeMethod::percentile},
                                                      {"mse", RangeMethod::mse},
                                                      {"entropy", RangeMethod::entropy}};

}  // namespace

RangeMethod parse_range_method(std::string_view name)
{
    auto const found = methods.find(name);
    if (found == methods.end())
        throw InputError("unknown calibration method '" + std::string(name) + "'",
                         "known: minmax, percentile, mse, entropy");
    return found->second;
}

std::string_view name_of(RangeMethod method)
{
    return std::find_if(methods.begin(), methods.end(),
                        [&](auto const& item) { return item.second == method; })
        ->first;
}

void RangeCalibrator::observe(std::string_view tensor, std::span<float const> activations)
{
    double low = low_, high = high_;
    for (float const x : activations) {
        if (!std::isfinite(x))
            throw InputError(
                "cannot calibrate: '" + std::string(tensor) + "' holds " + std::to_string(x),
                "the network makes numbers that are not finite");
        if (x == 0.0F) ++zeros_;
        low = std::min(low, static_cast<double>(x));
        high = std::max(high, static_cast<double>(x));
    }
    low_ = low;
    high_ = high;
    widen(std::max(-low, high));
    auto const per_unit = static_cast<double>(half_bins) / limit_;
    for (float const x : activations) {
        auto const bin = static_cast<std::ptrdiff_t>(
            std::floor(static_cast<double>(x) * per_unit + static_cast<double>(half_bins)));
        ++bins_[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(bin, 0, 2 * half_bins - 1))];
    }
    count_ += activations.size();
}

void RangeCalibrator::widen(double needed)
{
    if (bins_.empty()) {
        bins_.assign(2 * half_bins, 0);
        limit_ = needed > 0 ? std::exp2(std::ceil(std::log2(needed))) : 1.0;
    }
    while (limit_ < needed) {  // two bins become one, around the middle
        std::vector<std::uint64_t> wide(2 * half_bins, 0);
        for (std::size_t i = 0; i < bins_.size(); ++i) wide[half_bins / 2 + i / 2] += bins_[i];
        bins_ = std::move(wide);
        limit_ *= 2;
    }
}

void RangeCalibrator::merge(RangeCalibrator const& other)
{
    if (other.bins_.empty()) return;
    auto copy = other;
    widen(copy.limit_);
    copy.widen(limit_);
    for (std::size_t i = 0; i < bins_.size(); ++i) bins_[i] += copy.bins_[i];
    low_ = std::min(low_, copy.low_);
    high_ = std::max(high_, copy.high_);
    count_ += copy.count_;
    zeros_ += copy.zeros_;
}

double RangeCalibrator::centre(std::size_t bin) const
{
    auto const middle = (static_cast<double>(bin) + 0.5 - static_cast<double>(half_bins)) * limit_ /
                        static_cast<double>(half_bins);
    return std::clamp(middle, low_, high_);  // an extreme is no further out than itself
}

Int8Scale RangeCalibrator::scale(Config const& config) const
{
    if (count_ == 0) throw InputError("cannot calibrate", "no activation was observed");
    switch (config.method) {
        case RangeMethod::percentile:
            return by_percentile(config.percentile);
        case RangeMethod::mse:
            return cheapest([this](Int8Scale const& one) { return square_error(one); });
        case RangeMethod::entropy:
            return cheapest([this](Int8Scale const& one) { return divergence(one); });
        case RangeMethod::min_max:
            break;
    }
    return scale_for_range(low_, high_);
}

Int8Scale RangeCalibrator::by_percentile(double share) const
{
    if (!(share > 0.0) || share > 1.0)
        throw InputError("percentile " + std::to_string(share), "it is a share in (0, 1]");
    // Half of what is left out on each side.
    auto const outside = static_cast<double>(count_) * (1.0 - share) / 2.0;
    double left = 0, right = 0, low = low_, high = high_;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        left += static_cast<double>(bins_[i]);
        if (left > outside) {
            low = std::max(low_, centre(i));
            break;
        }
    }
    for (std::size_t i = bins_.size(); i-- > 0;) {
        right += static_cast<double>(bins_[i]);
        if (right > outside) {
            high = std::min(high_, centre(i));
            break;
        }
    }
    return scale_for_range(low, high);
}

/// The cheapest of ranges that are shares of the extremes, each end on its own.
template <class Cost>
Int8Scale RangeCalibrator::cheapest(Cost const& cost) const
{
    constexpr std::array shares{1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.32, 0.25, 0.2, 0.15, 0.1};
    auto best = scale_for_range(low_, high_);
    double least = cost(best);
    for (double const below : shares) {
        for (double const above : shares) {
            auto const candidate = scale_for_range(below * low_, above * high_);
            double const value = cost(candidate);
            if (value < least) {
                least = value;
                best = candidate;
            }
        }
        if (low_ == 0) break;  // every share of it is the same
    }
    return best;
}

double RangeCalibrator::square_error(Int8Scale const& scale) const
{
    // Inside the range rounding costs step^2 / 12 whatever the value.
    double const step = static_cast<double>(scale.scale);
    double sum = 0;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        if (bins_[i] == 0) continue;
        double const x = centre(i);
        double const over = std::max({0.0, scale.low() - x, x - scale.high()});
        sum += static_cast<double>(bins_[i]) * (over * over + step * step / 12.0);
    }
    return sum;
}

double RangeCalibrator::divergence(Int8Scale const& scale) const
{
    // P: the histogram; Q: each level's mass spread evenly over the occupied bins that it stands
    // for.
    std::array<double, 256> mass{};
    std::array<double, 256> occupied{};
    auto level_of = [&](std::size_t bin) {
        double const level =
            std::nearbyint(centre(bin) / static_cast<double>(scale.scale)) + scale.zero_point;
        return static_cast<std::size_t>(std::clamp(level, 0.0, 255.0));
    };
    auto const inside = [&](std::size_t bin) {
        return centre(bin) >= scale.low() && centre(bin) <= scale.high();
    };
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        if (bins_[i] == 0) continue;
        auto const level = level_of(i);
        if (inside(i)) {
            mass[level] += static_cast<double>(bins_[i]);
            occupied[level] += 1.0;
        }
    }
    double sum = 0;
    auto const total = static_cast<double>(count_);
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        if (bins_[i] == 0) continue;
        double const p = static_cast<double>(bins_[i]) / total;
        auto const level = level_of(i);
        // What is clipped has no bin of its own in Q: a small floor keeps the sum finite.
        double const q = inside(i) ? mass[level] / occupied[level] / total : 1e-3 * p;
        sum += p * std::log(p / q);
    }
    return sum;
}

double RangeCalibrator::clipped_share(Int8Scale const& scale) const
{
    std::uint64_t clipped = 0;
    for (std::size_t i = 0; i < bins_.size(); ++i)
        if (centre(i) < scale.low() || centre(i) > scale.high()) clipped += bins_[i];
    return count_ == 0 ? 0.0 : static_cast<double>(clipped) / static_cast<double>(count_);
}

double RangeCalibrator::zeroed_share(Int8Scale const& scale) const
{
    std::uint64_t zeroed = 0;
    for (std::size_t i = 0; i < bins_.size(); ++i)
        if (std::abs(centre(i)) < 0.5 * static_cast<double>(scale.scale)) zeroed += bins_[i];
    zeroed -= std::min(zeroed, zeros_);
    return count_ == 0 ? 0.0 : static_cast<double>(zeroed) / static_cast<double>(count_);
}

}  // namespace lowcal::quantisation
