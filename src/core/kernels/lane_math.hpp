#pragma once

// Functions of the C library that kernels need, in additions, multiplications, divisions and square
// roots alone, which IEEE fixes: the same bits on every machine.

#include "core/kernels/lanes.hpp"

namespace lowcal {
namespace {

inline Floats magnitude(Floats x)
{
    return reinterpret_cast<Floats>(reinterpret_cast<Words>(x) & 0x7fffffffU);
}

/// 2^n for n in [-126, 127].
inline Floats power_of_two(Integers n)
{
    return reinterpret_cast<Floats>((n + 127) << 23);
}

/// log x for normal positive x, to 2 units in the last place.
inline Floats logarithm_of_normal(Floats x)
{
    // x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s), s = (m - 1) / (m + 1).
    auto const shifted = reinterpret_cast<Words>(x) - 0x3f3504f3U;
    auto const exponent = to_floats(reinterpret_cast<Integers>(shifted) >> 23);
    auto const mantissa = reinterpret_cast<Floats>((shifted & 0x007fffffU) + 0x3f3504f3U);
    auto const s = (mantissa - 1.0F) / (mantissa + 1.0F);
    auto const t = s * s;
    auto const series = t * (0.66666667F + t * (0.4F + t * (0.28571429F + t * 0.22222222F)));
    return exponent * 0.69314718F + (s * 2.0F + s * series);
}

/// log x of any x.
inline Floats logarithm(Floats x)
{
    constexpr float least_normal = 0x1p-126F;
    constexpr float infinity = __builtin_inff();
    auto const subnormal = x < least_normal;
    auto const value = logarithm_of_normal(subnormal ? x * 0x1p24F : x);
    auto result = subnormal ? value - 16.635532F : value;
    result = x == 0.0F ? all(-infinity) : result;
    result = x < 0.0F ? all(__builtin_nanf("")) : result;
    return x < infinity ? result : x;  // infinity and NaN stay
}

/// e^x, to 2 units in the last place.
inline Floats exponential(Floats x)
{
    // x = n log 2 + r, |r| <= log(2) / 2; log 2 in two parts, of which n times the first is exact.
    auto const low = x < -104.0F ? all(-104.0F) : x;
    auto const bounded = low < 89.0F ? low : all(89.0F);
    auto const n = rounded(bounded * 1.44269504F);
    auto const r = (bounded - n * 0.693359375F) - n * -2.12194440e-4F;
    auto series = r * 1.98412698e-4F + 1.38888889e-3F;
    series = series * r + 8.33333333e-3F;
    series = series * r + 4.16666667e-2F;
    series = series * r + 1.66666667e-1F;
    series = series * r + 0.5F;
    auto const value = (series * (r * r) + r) + 1.0F;
    auto const whole = to_integers(n);
    auto const half = whole >> 1;  // 2^n itself may be out of range
    auto const result = (value * power_of_two(half)) * power_of_two(whole - half);
    return x == x ? result : x;
}

/// tanh x, to 3 units in the last place.
inline Floats hyperbolic_tangent(Floats x)
{
    auto const size = magnitude(x);
    // Near 0 the difference below would lose digits: the Cephes library's polynomial.
    auto const square = x * x;
    auto series = square * -5.70498872745e-3F + 2.06390887954e-2F;
    series = series * square - 5.37397155531e-2F;
    series = series * square + 1.33314422036e-1F;
    series = series * square - 3.33332819422e-1F;
    auto const near = (series * square) * x + x;
    auto const far = 1.0F - 2.0F / (exponential(size + size) + 1.0F);
    auto const sign = reinterpret_cast<Words>(x) & 0x80000000U;
    return size < 0.625F ? near : reinterpret_cast<Floats>(reinterpret_cast<Words>(far) | sign);
}

/// Cube root of x >= 0, to 1 unit in the last place; 0 for numbers under 2^-126, NaN under 0.
inline Floats cube_root(Floats x)
{
    // A third of the exponent is right to 6 %; each step of Newton squares that.
    auto const pattern = to_floats(reinterpret_cast<Integers>(x));
    auto root = reinterpret_cast<Floats>(to_integers(pattern * 0.33333333F) + 0x2a5119f2);
    for (int step = 0; step < 4; ++step) root = root - (root - x / (root * root)) * 0.33333333F;
    auto const defined = x < 0.0F ? all(__builtin_nanf("")) : root;
    auto const large = x < __builtin_inff() ? defined : x;
    return magnitude(x) < 0x1p-126F ? Floats{} : large;
}

/// sin and cos of 2 pi x for x in [0, 1), to 2e-7.
struct SineCosine {
    Floats sine, cosine;
};
inline SineCosine sine_cosine_of_turns(Floats x)
{
    // Quadrant q and remainder r in [-1/8, 1/8] turns; Taylor series of sin and cos on |2 pi r| <=
    // pi/4.
    auto const quadrant = to_integers(x * 4.0F + 0.5F);
    auto const angle = (x - to_floats(quadrant) * 0.25F) * 6.2831853F;
    auto const square = angle * angle;
    auto const sine =
        angle + angle * square *
                    (-1.6666667e-1F +
                     square * (8.3333333e-3F + square * (-1.9841270e-4F + square * 2.7557319e-6F)));
    auto const cosine =
        1.0F + square * (-0.5F + square * (4.1666667e-2F +
                                           square * (-1.3888889e-3F + square * 2.4801587e-5F)));
    auto const swapped = (quadrant & 1) != 0;
    auto const with_sign = [](Floats value, Integers two) {
        auto const sign = reinterpret_cast<Words>(two) << 30;
        return reinterpret_cast<Floats>(reinterpret_cast<Words>(value) ^ sign);
    };
    return {.sine = with_sign(swapped ? cosine : sine, quadrant & 2),
            .cosine = with_sign(swapped ? sine : cosine, (quadrant + 1) & 2)};
}

}  // namespace
}  // namespace lowcal
