#include "runtime/kernels/cell_check_kernel.hpp"

#include "core/kernels/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

Words larger_of(Words a, Words b)
{
    return a < b ? b : a;
}

Words patterns(float const* numbers)
{
    return reinterpret_cast<Words>(load(numbers));
}

}  // namespace

std::uint32_t largest_pattern(float const* numbers, std::size_t count)
{
    constexpr std::size_t together = 4;  // chains that do not wait for one another
    Words largest[together] = {};
    std::size_t done = 0;
    for (; done + together * lanes <= count; done += together * lanes)
        for (std::size_t k = 0; k < together; ++k)
            largest[k] = larger_of(largest[k], patterns(numbers + done + k * lanes));
    for (std::size_t k = 1; k < together; ++k) largest[0] = larger_of(largest[0], largest[k]);
    std::uint32_t result = 0;
    for (std::size_t i = 0; i < lanes; ++i)
        if (result < largest[0][i]) result = largest[0][i];
    for (; done < count; ++done) {
        std::uint32_t pattern;
        __builtin_memcpy(&pattern, numbers + done, sizeof pattern);
        if (result < pattern) result = pattern;
    }
    return result;
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
