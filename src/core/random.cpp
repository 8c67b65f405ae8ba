#include "core/random.hpp"

#include "core/kernels/random_kernel.hpp"

#include <Random123/philox.h>

#include <array>
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

PhiloxItem philox_item(ItemRandom::Key key, std::uint64_t item)
{
    return {.seed = key.seed, .item = item, .stream = static_cast<std::uint32_t>(key.stream)};
}

}  // namespace

void ItemRandom::bits(std::span<std::uint32_t> out) const
{
    for (std::size_t i = 0; i < out.size(); i += 4) {
        auto const block = philox_block(key_, item_, static_cast<std::uint32_t>(i / 4));
        for (std::size_t j = 0; j < 4 && i + j < out.size(); ++j) out[i + j] = block[j];
    }
}

void ItemRandom::uniform(std::span<float> out) const
{
    static auto const fill = uniform_kernels.fastest();
    fill(philox_item(key_, item_), out.data(), out.size());
}

void ItemRandom::normal(std::span<float> out) const
{
    static auto const fill = normal_kernels.fastest();
    fill(philox_item(key_, item_), out.data(), out.size());
}

}  // namespace lowcal
