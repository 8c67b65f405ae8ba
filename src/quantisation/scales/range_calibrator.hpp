#pragma once

#include "quantisation/scales/int8_scale.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lowcal::quantisation {

/// How the range of an activation is chosen from what calibration saw.
enum class RangeMethod {
    min_max,     ///< everything in range
    percentile,  ///< a share of the values in range
    mse,         ///< least mean square error, rounding and clipping together
    entropy      ///< least Kullback-Leibler divergence of the histogram (Migacz, GTC 2017)
};

/// Throws InputError for an unknown name: minmax, percentile, mse, entropy.
RangeMethod parse_range_method(std::string_view name);
std::string_view name_of(RangeMethod method);

/// Chooses one int8 scale from the activations of a tensor.
///
/// Keeps a histogram whose range doubles where needed: memory does not grow with the calibration
/// set. Call `observe` for every calibration batch, then `scale`. Not thread-safe.
class RangeCalibrator {
public:
    struct Config {
        RangeMethod method = RangeMethod::mse;
        double percentile = 0.9999;  ///< share of values kept in range by that method, in (0, 1]
    };

    /// Throws InputError, naming `tensor`, where a value is not finite.
    void observe(std::string_view tensor, std::span<float const> activations);
    /// Adds what another calibrator saw: tensors that are concatenated share one scale.
    void merge(RangeCalibrator const& other);

    /// Throws InputError if the percentile is not in (0, 1] or nothing was observed.
    Int8Scale scale(Config const& config) const;

    double low() const { return low_; }
    double high() const { return high_; }
    std::uint64_t count() const { return count_; }
    /// Share of the observed values that a scale clips, by histogram bins.
    double clipped_share(Int8Scale const& scale) const;
    /// Share that a scale rounds to zero without being zero, by histogram bins.
    double zeroed_share(Int8Scale const& scale) const;

private:
    static constexpr std::size_t half_bins = 2048;
    std::vector<std::uint64_t> bins_;  ///< over [-limit, limit], empty at first
    double limit_ = 0;                 ///< a power of two
    double low_ = 0, high_ = 0;        ///< extremes seen, 0 included
    std::uint64_t count_ = 0;
    std::uint64_t zeros_ = 0;  ///< of the observed

    void widen(double needed);
    double centre(std::size_t bin) const;
    Int8Scale by_percentile(double share) const;
    template <class Cost>
    Int8Scale cheapest(Cost const& cost) const;
    double square_error(Int8Scale const& scale) const;
    double divergence(Int8Scale const& scale) const;
};

}  // namespace lowcal::quantisation
