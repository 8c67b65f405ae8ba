#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace lowcal::data {

/// How showers lie in an HDF5 file; docs/file_formats.md has the details, `layouts/` a file for
/// each. Their numbers are not stored.
enum class Layout {
    clic,            ///< ECAL [N, axes] GeV, target [N, >= 2]: PDG code, primary energy in GeV
    variable_angle,  ///< ECAL [N, axes] scaled by 50, energy [N] GeV, theta [N]
    calochallenge,   ///< showers [N, cells] MeV, depth slowest; incident_energies [N, 1] MeV
};

inline constexpr std::array<Layout, 3> all_layouts{Layout::clic, Layout::variable_angle,
                                                   Layout::calochallenge};

/// "clic", "variable_angle" or "calochallenge".
constexpr std::string_view layout_name(Layout layout)
{
    switch (layout) {
        case Layout::clic:
            return "clic";
        case Layout::variable_angle:
            return "variable_angle";
        default:
            return "calochallenge";
    }
}

/// The layout of that name; none where there is none.
constexpr std::optional<Layout> find_layout(std::string_view name)
{
    for (auto const layout : all_layouts)
        if (layout_name(layout) == name) return layout;
    return std::nullopt;
}

}  // namespace lowcal::data
