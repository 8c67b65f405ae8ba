#pragma once

/// Data sets of the package showerdata, versions 0.6 and 0.7.
namespace lowcal::data::showerdata {

inline constexpr char const* showers = "showers";        ///< [N] sequences of points
inline constexpr char const* energies = "energies";      ///< [N, 1] primary energies, GeV
inline constexpr char const* directions = "directions";  ///< [N, 3] unit vectors; z: the normal
inline constexpr char const* pdg = "pdg";                ///< [N] int32
inline constexpr char const* shower_ids = "shower_ids";  ///< [N] int32
inline constexpr char const* num_points = "num_points";  ///< [N] int32
inline constexpr char const* shape = "shape";  ///< [3] int32: N, most points, numbers of a point

}  // namespace lowcal::data::showerdata
