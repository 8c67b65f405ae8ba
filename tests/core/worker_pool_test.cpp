#include "core/worker_pool.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <stdexcept>

namespace lowcal {
namespace {

TEST(WorkerPool, every_index_is_called_once_in_every_run)
{
    WorkerPool pool(3);
    for (int run = 0; run < 100; ++run) {
        std::array<std::atomic<int>, 3> calls{};
        pool.run([&](int index) { ++calls[static_cast<std::size_t>(index)]; });
        for (auto const& count : calls) EXPECT_EQ(count, 1);
    }
}

TEST(WorkerPool, an_exception_reaches_the_caller_and_the_pool_goes_on)
{
    WorkerPool pool(2);
    EXPECT_THROW(pool.run([](int index) {
        if (index == 1) throw std::runtime_error("worker");
    }),
                 std::runtime_error);
    std::atomic<int> calls{0};
    pool.run([&](int) { ++calls; });
    EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace lowcal
