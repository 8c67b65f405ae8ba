#pragma once

#include <cstdint>
#include <span>

namespace lowcal {

/// Purpose of a sequence of random numbers; each has numbers of its own.
enum class RandomStream : std::uint32_t {
    latent = 0,
    energy = 1,
    split = 2,
    bootstrap = 3,
    permutation = 4,
    pdg = 5,
    theta = 6,
    phi = 7,
    entry = 8,
    uniform = 9,  ///< of networks that draw by them
    member = 10   ///< which network of an ensemble makes the shower
};

/// The random numbers of one item (a shower) of one production, by Philox4x32-10.
///
/// Number d of item i is a pure function of (seed, stream, i, d): the key is the seed, the counter
/// (i, d / 4, stream). No state is shared, so batch size, threads and job splits change nothing.
/// Only IEEE additions, multiplications and square roots are used, and the build forbids
/// contraction: the same bits on every machine. Salmon et al., SC11, doi:10.1145/2063384.2063405.
class ItemRandom {
public:
    struct Key {
        std::uint64_t seed = 0;
        RandomStream stream = RandomStream::latent;
    };
    ItemRandom(Key key, std::uint64_t item) : key_(key), item_(item) {}

    /// Fills `out` with uniform numbers in (0, 1); number d of the item is out[d].
    void uniform(std::span<float> out) const;
    /// Fills `out` with standard normal numbers (Box-Muller); number d of the item is out[d].
    void normal(std::span<float> out) const;
    /// Uniform 32-bit integers; number d of the item is out[d].
    void bits(std::span<std::uint32_t> out) const;

private:
    Key key_;
    std::uint64_t item_;
};

}  // namespace lowcal
