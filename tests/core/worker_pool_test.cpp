#include "core/processes/worker_pool.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

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

TEST(WorkerPool, a_number_of_threads_that_no_machine_has_is_an_error_that_names_it)
{
    for (int const threads : {-1, 0, WorkerPool::most_threads + 1, 40000}) {
        try {
            WorkerPool const pool(threads);
            ADD_FAILURE() << threads << " threads were started";
        } catch (InputError const& error) {
            EXPECT_NE(std::string(error.what()).find(std::to_string(threads)), std::string::npos)
                << error.what();
        }
    }
}

/// Starts threads while there is room for the stacks of some of them only; exits with 0 if that is
/// an InputError.
[[noreturn]] void start_threads_without_memory()
{
    std::ifstream file("/proc/self/statm");
    rlim_t pages = 0;
    file >> pages;
    constexpr rlim_t room = 256U << 20U;  // some thirty stacks
    rlimit const limit{pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + room, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &limit);
    try {
        WorkerPool const pool(WorkerPool::most_threads);
        std::_Exit(1);
    } catch (InputError const&) {
        std::_Exit(0);
    }
}

TEST(WorkerPoolDeathTest, threads_that_the_system_does_not_start_are_an_error)
{
    EXPECT_EXIT(start_threads_without_memory(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lowcal
