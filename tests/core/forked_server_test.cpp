#include "core/processes/forked_server.hpp"

#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/temporary_folder.hpp"
#include "sanitized.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace lowcal {
namespace {

constexpr ForkedServer::Config small{.shared_bytes = 4096,
                                     .memory_bytes = 256U << 20U,
                                     .cpu_seconds_to_start = 1,
                                     .cpu_seconds_a_request = 1};

/// A server that does `work` for each request.
ForkedServer server_of(ForkedServer::Handler const& work)
{
    return ForkedServer(small, [&] { return work; });
}

std::string death_of(std::function<void()> const& work)
{
    auto server = server_of([&](std::string_view, std::span<std::byte>) {
        work();
        return std::string();
    });
    std::string first;
    try {
        server.call("go");
        return "it lives";
    } catch (ServerDeath const& death) {
        first = death.what();
    }
    EXPECT_THROW(server.call("again"), ServerDeath);
    return first;
}

volatile std::size_t sink = 0;

TEST(ForkedServer, answers_and_leaves_results_in_shared_memory)
{
    auto server = server_of([](std::string_view request, std::span<std::byte> shared) {
        std::memcpy(shared.data(), request.data(), request.size());
        return std::string(request) + "!";
    });
    EXPECT_EQ(server.call("one"), "one!");
    EXPECT_EQ(std::memcmp(server.shared().data(), "one", 3), 0);
    EXPECT_EQ(server.call(std::string(1000, 'x')), std::string(1000, 'x') + "!");
    EXPECT_EQ(server.call(""), "!");
}

TEST(ForkedServer, what_it_changes_is_its_own)
{
    int number = 1;
    auto server = server_of([&](std::string_view, std::span<std::byte>) {
        number = 2;
        return std::to_string(number);
    });
    EXPECT_EQ(server.call(""), "2");
    EXPECT_EQ(number, 1);
}

TEST(ForkedServer, an_error_of_the_handler_or_of_the_start_is_ours)
{
    auto server = server_of([](std::string_view, std::span<std::byte>) -> std::string {
        throw InputError("no", "never");
    });
    for (int i = 0; i < 2; ++i) {  // and it lives on
        try {
            server.call("");
            ADD_FAILURE() << "no error";
        } catch (InputError const& error) {
            EXPECT_STREQ(error.what(), "no (never)");
        }
    }
    EXPECT_THROW(
        ForkedServer(small, []() -> ForkedServer::Handler { throw InputError("not today"); }),
        InputError);
}

TEST(ForkedServer, its_death_is_an_error_that_says_how)
{
    EXPECT_NE(death_of([] { ::raise(SIGKILL); }).find("signal 9"), std::string::npos);
    EXPECT_EQ(death_of([] { ::_exit(7); }), "exit code 7");
    EXPECT_THROW(ForkedServer(small, []() -> ForkedServer::Handler { ::_exit(3); }), ServerDeath);
}

extern "C" void end_quietly(int)
{
    ::_exit(0);
}

TEST(ForkedServer, dies_of_a_signal_for_which_its_parent_has_a_handler)
{
    auto* const before = std::signal(SIGSEGV, end_quietly);
    auto const death = death_of([] { std::raise(SIGSEGV); });
    std::signal(SIGSEGV, before);
    EXPECT_EQ(death.substr(0, 9), "signal 11") << death;
}

TEST(ForkedServer, an_endless_loop_ends_by_the_limit_of_cpu_time)
{
    auto const death = death_of([] {
        for (;;) sink = sink + 1;
    });
    EXPECT_NE(death.find("signal 24"), std::string::npos) << death;
}

TEST(ForkedServer, memory_beyond_its_limit_is_an_error)
{
    if (memory_sanitized) GTEST_SKIP() << "a sanitizer's memory has no limit";
    auto server = server_of([](std::string_view, std::span<std::byte>) {
        std::vector<char> const block(std::size_t{1} << 30U, 'x');
        sink = static_cast<std::size_t>(block[sink % block.size()]);
        return std::string();
    });
    try {
        server.call("");
        ADD_FAILURE() << "a gigabyte was had";
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("256 MiB"), std::string::npos) << error.what();
    }
}

TEST(ForkedServer, ends_with_its_owner_and_keeps_no_file_of_ours_open)
{
    TemporaryFolder const folder("test");
    TemporaryFile const file(folder.path() / "a");
    FileDescriptor const copy(::fcntl(file.descriptor(), F_DUPFD_CLOEXEC, 50));
    int const descriptor = copy.get();
    pid_t process = 0;
    {
        auto server = server_of([descriptor](std::string_view, std::span<std::byte>) {
            bool const closed = ::fcntl(descriptor, F_GETFD) < 0;
            return std::to_string(::getpid()) + (closed ? " closed" : " open");
        });
        auto const answer = server.call("");
        EXPECT_NE(answer.find("closed"), std::string::npos) << answer;
        process = static_cast<pid_t>(std::stol(answer));
        EXPECT_EQ(::kill(process, 0), 0);
    }
    EXPECT_NE(::kill(process, 0), 0);
}

TEST(ForkedServer, other_threads_may_be_at_work_when_it_is_made)
{
    std::atomic<bool> stop = false;
    std::thread busy([&] {
        while (!stop) sink = std::string(100 + sink % 1000, 'x').size();
    });
    for (int i = 0; i < 50; ++i) {
        auto server = server_of(
            [](std::string_view, std::span<std::byte>) { return std::string(10000, 'y'); });
        EXPECT_EQ(server.call("").size(), 10000U);
    }
    stop = true;
    busy.join();
}

}  // namespace
}  // namespace lowcal
