#pragma once

#include <string_view>

namespace lowcal::data {

/// How showers lie in an HDF5 file; docs/file_formats.md has the details.
enum class Layout {
    clic,            ///< ECAL [N,25,25,25] GeV, target [N,>=2] with the energy in GeV in column 1
    variable_angle,  ///< ECAL [N,51,51,25] scaled by 50, energy [N] GeV; the centre is read
    calochallenge,   ///< showers [N,15625] MeV layer by layer ([z][x][y]), incident_energies [N,1]
                     ///< MeV
};

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

}  // namespace lowcal::data
