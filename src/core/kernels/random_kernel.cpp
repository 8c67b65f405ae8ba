#include "core/kernels/random_kernel.hpp"

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
void box_muller(Words const* bits, Floats& cosines, Floats& sines)
{
    auto const radius = square_root(-2.0F * logarithm_of_normal(to_uniform(bits[0])));
    auto const [sine, cosine] = sine_cosine_of_turns(to_uniform(bits[1]));
    cosines = radius * cosine;
    sines = radius * sine;
}

/// Of each block its words' numbers, block by block.
void store_blocks(Floats const (&numbers)[words_of_block], float* out)
{
    auto const even = zip(numbers[0], numbers[2]);
    auto const odd = zip(numbers[1], numbers[3]);
    Zipped const halves[2] = {zip(even.low, odd.low), zip(even.high, odd.high)};
    for (auto const& half : halves) {
        store(out, half.low);
        store(out + lanes, half.high);
        out += 2 * lanes;
    }
}

/// `make(blocks, numbers)`: a number for each word of the blocks.
template <class Make>
void fill(PhiloxItem const& item, float* out, std::size_t count, Make const& make)
{
    constexpr std::size_t made = words_of_block * lanes;
    for (std::size_t done = 0; done < count; done += made) {
        Floats numbers[words_of_block];
        make(philox(item, static_cast<std::uint32_t>(done / words_of_block)), numbers);
        if (count - done >= made) {
            store_blocks(numbers, out + done);
        } else {
            float rest[made];
            store_blocks(numbers, rest);
            __builtin_memcpy(out + done, rest, (count - done) * sizeof(float));
        }
    }
}

}  // namespace

void normals(PhiloxItem const& item, float* out, std::size_t count)
{
    fill(item, out, count, [](Blocks const& blocks, Floats* numbers) {
        box_muller(blocks.word, numbers[0], numbers[1]);
        box_muller(blocks.word + 2, numbers[2], numbers[3]);
    });
}

void uniforms(PhiloxItem const& item, float* out, std::size_t count)
{
    fill(item, out, count, [](Blocks const& blocks, Floats* numbers) {
        for (std::size_t i = 0; i < words_of_block; ++i) numbers[i] = to_uniform(blocks.word[i]);
    });
}

}  // namespace lowcal::LOWCAL_INSTRUCTION_SET
