#pragma once

#include <cstdint>

namespace lowcal::quantisation {

/// value = scale x (level - zero_point), levels 0 to 255: an affine unsigned scale. Zero is always
/// exact. Where nothing is negative, zero_point is 0, which costs the least to compute with.
struct Int8Scale {
    float scale = 1.0F;
    std::int32_t zero_point = 0;

    /// The range of values that is not clipped.
    double low() const { return -static_cast<double>(scale) * zero_point; }
    double high() const { return static_cast<double>(scale) * (255 - zero_point); }
    /// The value nearest to x that a level stands for; ties go to even levels.
    double round_trip(double x) const;
};

/// The scale that covers [low, high], widened so that it holds 0. A range of zero, which a constant
/// tensor of zeros has, gets scale 1.
Int8Scale scale_for_range(double low, double high);

}  // namespace lowcal::quantisation
