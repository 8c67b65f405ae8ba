#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lowcal::data {

/// How showers lie in an HDF5 file; docs/file_formats.md has the details, `layouts/` a file for
/// each. Their numbers are not stored.
enum class Layout {
    clic,            ///< ECAL [N, axes] GeV, target [N, >= 2]: PDG code, primary energy in GeV
    variable_angle,  ///< ECAL [N, axes] scaled by 50, energy [N] GeV, theta [N]
    calochallenge,   ///< showers [N, cells] MeV, depth slowest; incident_energies [N, 1] MeV
    showerdata,      ///< showers [N] of points (x, y, layer, GeV), energies [N, 1] GeV
};

inline constexpr std::array<Layout, 4> all_layouts{Layout::clic, Layout::variable_angle,
                                                   Layout::calochallenge, Layout::showerdata};

/// "clic", "variable_angle", "calochallenge" or "showerdata".
constexpr std::string_view layout_name(Layout layout)
{
    switch (layout) {
        case Layout::clic:
            return "clic";
        case Layout::variable_angle:
            return "variable_angle";
        case Layout::showerdata:
            return "showerdata";
        default:
            return "calochallenge";
    }
}

/// Numbers that stand for a GeV.
struct Units {
    float cells = 1;
    float energies = 1;  ///< primary energies

    bool operator==(Units const&) const = default;
};

/// Of what a layout stores.
constexpr Units units_of(Layout layout)
{
    if (layout == Layout::variable_angle) return {.cells = 50};
    if (layout == Layout::calochallenge) return {.cells = 1000, .energies = 1000};  // MeV
    return {};
}

/// What lies in a file's showers and in none of the detector's cells.
struct LeftOut {
    std::size_t points = 0;
    double energy = 0;  ///< GeV
};

/// The layout of that name; none where there is none.
constexpr std::optional<Layout> find_layout(std::string_view name)
{
    for (auto const layout : all_layouts)
        if (layout_name(layout) == name) return layout;
    return std::nullopt;
}

}  // namespace lowcal::data
