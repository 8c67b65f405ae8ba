#include "runtime/steps/workspace.hpp"

#include <gtest/gtest.h>

namespace lowcal::runtime {
namespace {

bool overlap(std::size_t a, std::size_t a_bytes, std::size_t b, std::size_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}

TEST(ArenaLayout, buffers_that_live_together_never_overlap_and_others_share)
{
    std::vector<BufferSpec> buffers;
    for (std::size_t i = 0; i < 40; ++i)
        buffers.push_back(
            {.bytes = 100 + (i * 7919) % 1000, .first_use = i, .last_use = i + i % 4});
    auto const layout = lay_out_arena(buffers);
    std::size_t total = 0;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        total += buffers[i].bytes;
        EXPECT_EQ(layout.offsets[i] % 64, 0U);
        for (std::size_t j = 0; j < i; ++j) {
            bool const together = buffers[i].first_use <= buffers[j].last_use &&
                                  buffers[j].first_use <= buffers[i].last_use;
            if (together) {
                EXPECT_FALSE(overlap(layout.offsets[i], buffers[i].bytes, layout.offsets[j],
                                     buffers[j].bytes))
                    << i << " and " << j;
            }
        }
    }
    EXPECT_LT(layout.bytes, total / 3);
}

}  // namespace
}  // namespace lowcal::runtime
