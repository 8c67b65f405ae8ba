#include "core/random.hpp"

#include <Random123/philox.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace lowcal {
namespace {

using Philox = r123::Philox4x32;

std::array<std::uint32_t, 4> philox_block(ItemRandom::Key key, std::uint64_t item,
                                          std::uint32_t block)
{
    Philox::key_type const philox_key = {
        {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)}};
    Philox::ctr_type const counter = {{static_cast<std::uint32_t>(item),
                                       static_cast<std::uint32_t>(item >> 32), block,
                                       static_cast<std::uint32_t>(key.stream)}};
    auto const random = Philox()(counter, philox_key);
    return {random[0], random[1], random[2], random[3]};
}

/// Centre of one of 2^23 equal intervals of (0, 1): never 0 or 1, exactly representable.
float to_uniform(std::uint32_t bits)
{
    return (static_cast<float>(bits >> 9) + 0.5F) * 0x1p-23F;
}

/// Two independent standard normal numbers from two uniform ones.
std::array<float, 2> box_muller(float radius_uniform, float angle_uniform)
{
    float const radius = std::sqrt(-2.0F * portable_log(radius_uniform));
    auto const [sine, cosine] = portable_sincos_turns(angle_uniform);
    return {radius * cosine, radius * sine};
}

}  // namespace

float portable_log(float x)
{
    // x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s), s = (m - 1) / (m + 1).
    auto const pattern = std::bit_cast<std::uint32_t>(x);
    std::uint32_t const shifted = pattern - 0x3f3504f3U;
    auto const exponent = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
    float const mantissa = std::bit_cast<float>((shifted & 0x007fffffU) + 0x3f3504f3U);
    float const s = (mantissa - 1.0F) / (mantissa + 1.0F);
    float const t = s * s;
    float const series = t * (0.66666667F + t * (0.4F + t * (0.28571429F + t * 0.22222222F)));
    return exponent * 0.69314718F + (s * 2.0F + s * series);
}

SinCos portable_sincos_turns(float x)
{
    // Quadrant q and remainder r in [-1/8, 1/8] turns; Taylor series of sin and cos on |2 pi r| <=
    // pi/4.
    float const quarter = std::floor(x * 4.0F + 0.5F);
    float const angle = (x - quarter * 0.25F) * 6.2831853F;
    float const square = angle * angle;
    float const sine =
        angle + angle * square *
                    (-1.6666667e-1F +
                     square * (8.3333333e-3F + square * (-1.9841270e-4F + square * 2.7557319e-6F)));
    float const cosine =
        1.0F + square * (-0.5F + square * (4.1666667e-2F +
                                           square * (-1.3888889e-3F + square * 2.4801587e-5F)));
    switch (static_cast<int>(quarter) & 3) {
        case 0:
            return {sine, cosine};
        case 1:
            return {cosine, -sine};
        case 2:
            return {-sine, -cosine};
        default:
            return {-cosine, sine};
    }
}

void ItemRandom::bits(std::span<std::uint32_t> out) const
{
    for (std::size_t i = 0; i < out.size(); i += 4) {
        auto const block = philox_block(key_, item_, static_cast<std::uint32_t>(i / 4));
        for (std::size_t j = 0; j < 4 && i + j < out.size(); ++j) out[i + j] = block[j];
    }
}

void ItemRandom::uniform(std::span<float> out) const
{
    for (std::size_t i = 0; i < out.size(); i += 4) {
        auto const block = philox_block(key_, item_, static_cast<std::uint32_t>(i / 4));
        for (std::size_t j = 0; j < 4 && i + j < out.size(); ++j) out[i + j] = to_uniform(block[j]);
    }
}

void ItemRandom::normal(std::span<float> out) const
{
    for (std::size_t i = 0; i < out.size(); i += 4) {
        auto const block = philox_block(key_, item_, static_cast<std::uint32_t>(i / 4));
        auto const first = box_muller(to_uniform(block[0]), to_uniform(block[1]));
        auto const second = box_muller(to_uniform(block[2]), to_uniform(block[3]));
        float const values[4] = {first[0], first[1], second[0], second[1]};
        for (std::size_t j = 0; j < 4 && i + j < out.size(); ++j) out[i + j] = values[j];
    }
}

}  // namespace lowcal
