#include "quantisation/scales/int8_scale.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::quantisation {

double Int8Scale::round_trip(double x) const
{
    double const level = std::nearbyint(x / static_cast<double>(scale)) + zero_point;
    return static_cast<double>(scale) * (std::clamp(level, 0.0, 255.0) - zero_point);
}

Int8Scale scale_for_range(double low, double high)
{
    low = std::min(low, 0.0);
    high = std::max(high, 0.0);
    auto const scale = static_cast<float>((high - low) / 255.0);
    if (!(scale > 0.0F)) return {};
    return {
        .scale = scale,
        .zero_point = static_cast<std::int32_t>(std::nearbyint(-low / static_cast<double>(scale)))};
}

}  // namespace lowcal::quantisation
