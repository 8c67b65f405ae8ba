#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace lowcal::data {

/// Names of the attributes by which a shower file says where it comes from, LowCal's and our
/// Geant4 files'; beside them, all that begin with "lowcal.".
inline constexpr std::array<std::string_view, 12> provenance_names{
    "model", "model_sha256", "seed",     "first_index", "count",   "precision",
    "isa",   "versions",     "detector", "generator",   "primary", "production"};

constexpr bool is_provenance(std::string_view name)
{
    return name.starts_with("lowcal.") ||
           std::find(provenance_names.begin(), provenance_names.end(), name) !=
               provenance_names.end();
}

}  // namespace lowcal::data
