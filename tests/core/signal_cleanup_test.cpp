#include "core/processes/signal_cleanup.hpp"

#include "core/files/atomic_file.hpp"
#include "core/files/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

class SignalCleanup : public ::testing::Test {
protected:
    TemporaryFolder temporary{"test"};

    std::ptrdiff_t entries() const
    {
        return std::distance(fs::directory_iterator(temporary.path()), {});
    }
    /// How a process ended that did this after `remove_temporaries_on_signals`.
    static int status_of(std::function<void()> const& action)
    {
        auto const child = ::fork();
        if (child == 0) {
            rlimit const none{0, 0};
            ::setrlimit(RLIMIT_CORE, &none);
            remove_temporaries_on_signals();
            action();
            ::_exit(0);
        }
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        return status;
    }
};

TEST_F(SignalCleanup, each_signal_that_ends_the_program_removes_its_part_files_and_still_ends_it)
{
    for (int const signal :
         {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU}) {
        int const status = status_of([&] {
            TemporaryFile one(temporary.path() / "a.h5");
            TemporaryFile two(temporary.path() / "b.h5");
            one.write("half");
            ::raise(signal);
        });
        EXPECT_TRUE(WIFSIGNALED(status)) << signal;
        EXPECT_EQ(WTERMSIG(status), signal);
        EXPECT_EQ(entries(), 0) << signal;
    }
}

TEST_F(SignalCleanup, a_whole_file_stays)
{
    status_of([&] {
        write_file_atomically(temporary.path() / "a.h5", "whole");
        ::raise(SIGTERM);
    });
    EXPECT_EQ(entries(), 1);
    EXPECT_TRUE(fs::exists(temporary.path() / "a.h5"));
}

TEST_F(SignalCleanup, a_temporary_folder_goes_with_its_files)
{
    status_of([&] {
        TemporaryFolder folder("inner", temporary.path());
        std::ofstream(folder.file("a")) << "x";
        std::ofstream(folder.file("b")) << "x";
        ::raise(SIGINT);
    });
    EXPECT_EQ(entries(), 0);
}

TEST_F(SignalCleanup, a_forked_child_does_not_remove_its_parents_files)
{
    int const status = status_of([&] {
        TemporaryFile file(temporary.path() / "a.h5");
        auto const child = ::fork();
        if (child == 0) ::raise(SIGTERM);
        ::waitpid(child, nullptr, 0);
        file.commit();
    });
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_TRUE(fs::exists(temporary.path() / "a.h5"));
}

TEST_F(SignalCleanup, a_signal_that_is_ignored_stays_ignored)
{
    auto const before = std::signal(SIGHUP, SIG_IGN);  // as nohup does
    int const status = status_of([] { ::raise(SIGHUP); });
    std::signal(SIGHUP, before);
    EXPECT_TRUE(WIFEXITED(status));
}

TEST_F(SignalCleanup, a_write_beyond_the_limit_of_a_files_size_is_an_error_and_leaves_nothing)
{
    int const status = status_of([&] {
        rlimit const size{100, 100};
        ::setrlimit(RLIMIT_FSIZE, &size);
        try {
            write_file_atomically(temporary.path() / "a.txt", std::string(1000, 'x'));
        } catch (std::exception const&) {
            ::_exit(7);
        }
    });
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
    EXPECT_EQ(entries(), 0);
}

}  // namespace
}  // namespace lowcal
