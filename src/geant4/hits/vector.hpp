#pragma once

#include <cmath>

namespace lowcal::geant4 {

/// A place in mm, or a direction of length 1.
struct Vector {
    double x = 0;
    double y = 0;
    double z = 0;

    bool operator==(Vector const&) const = default;
};

constexpr Vector operator+(Vector const& a, Vector const& b)
{
    return {a.x + b.x, a.y + b.y, a.z + b.z};
}
constexpr Vector operator-(Vector const& a, Vector const& b)
{
    return {a.x - b.x, a.y - b.y, a.z - b.z};
}
constexpr Vector operator*(double factor, Vector const& a)
{
    return {factor * a.x, factor * a.y, factor * a.z};
}
constexpr double dot(Vector const& a, Vector const& b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
constexpr Vector cross(Vector const& a, Vector const& b)
{
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double length(Vector const& a)
{
    return std::sqrt(dot(a, a));
}

}  // namespace lowcal::geant4
