#pragma once

#include <nlohmann/json.hpp>

#include <cmath>

namespace lowcal::validation {

using Json = nlohmann::ordered_json;

/// JSON knows neither NaN nor infinity.
inline Json number(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

}  // namespace lowcal::validation
