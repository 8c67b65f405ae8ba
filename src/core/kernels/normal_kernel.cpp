#include "core/kernels/normal_kernel.hpp"

#include "core/kernels/lane_math.hpp"

namespace lowcal::LOWCAL_INSTRUCTION_SET {
namespace {

constexpr std::size_t words_of_block = 4;

/// Word w of as many blocks as there are lanes.
struct Blocks {
    Words word[words_of_block];
};

/// Salmon et al., SC11, doi:10.1145/2063384.2063405.
Blocks philox(PhiloxItem const& item, std::uint32_t first_block)
{
    Words count{};
    for (std::size_t i = 0; i < lanes; ++i) count[i] = static_cast<std::uint32_t>(i);
    Blocks x{{all(static_cast<std::uint32_t>(item.item)),
              all(static_cast<std::uint32_t>(item.item >> 32)), count + first_block,
              all(item.stream)}};
    auto key = static_cast<std::uint32_t>(item.seed);
    auto other_key = static_cast<std::uint32_t>(item.seed >> 32);
    for (int round = 0; round < 10; ++round) {
        auto const first = wide_product(x.word[0], all(0xD2511F53U));
        auto const second = wide_product(x.word[2], all(0xCD9E8D57U));
        x = {{second.high ^ x.word[1] ^ key, second.low, first.high ^ x.word[3] ^ other_key,
              first.low}};
        key += 0x9E3779B9U;
        other_key += 0xBB67AE85U;
    }
    return x;
}

/// Centre of one of 2^23 equal intervals of (0, 1): never 0 or 1, exactly representable.
Floats to_uniform(Words bits)
{
    return (to_floats(reinterpret_cast<Integers>(bits >> 9)) + 0.5F) * 0x1p-23F;
}

/// Two independent standard normal numbers from two uniform ones.
void box_muller(Words const* bits, float* cosines, float* sines)
{
    auto const radius = square_root(-2.0F * logarithm_of_normal(to_uniform(bits[0])));
    auto const [sine, cosine] = sine_cosine_of_turns(to_uniform(bits[1]));
    store(cosines, radius * cosine);
    store(sines, radius * sine);
}

}  // namespace

void normals(PhiloxItem const& item, float* out, std::size_t count)
{
    constexpr std::size_t made = words_of_block * lanes;
    float numbers[words_of_block][lanes];
    for (std::size_t done = 0; done < count; done += made) {
        auto const blocks = philox(item, static_cast<std::uint32_t>(done / words_of_block));
        box_muller(blocks.word, numbers[0], numbers[1]);
        box_muller(blocks.word + 2, numbers[2], numbers[3]);
        if (count - done >= made) {
            for (std::size_t i = 0; i < made; ++i)
                out[done + i] = numbers[i % words_of_block][i / words_of_block];
        } else {
            for (std::size_t i = 0; done + i < count; ++i)
                out[done + i] = numbers[i % words_of_block][i / words_of_block];
        }
    }
}

}  // namespace lowcal::LOWCAL_INSTRUCTION_SET
