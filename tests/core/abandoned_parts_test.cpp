#include "core/files/abandoned_parts.hpp"

#include "core/files/atomic_file.hpp"
#include "core/files/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

class AbandonedParts : public ::testing::Test {
protected:
    TemporaryFolder temporary{"test"};
    fs::path output = temporary.path() / "a.h5";

    std::ptrdiff_t entries() const
    {
        return std::distance(fs::directory_iterator(temporary.path()), {});
    }
    fs::path make(std::string const& name) const
    {
        std::ofstream(temporary.path() / name) << "half";
        return temporary.path() / name;
    }
    /// A process that begins to write `output` and ends by `signal`.
    void write_half(int signal) const
    {
        auto const child = ::fork();
        if (child == 0) {
            TemporaryFile file(output);
            file.write("half");
            ::raise(signal);
            ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        ASSERT_EQ(WTERMSIG(status), signal);
    }
};

TEST_F(AbandonedParts, what_a_killed_writer_left_goes_with_the_next_writer_of_the_same_output)
{
    write_half(SIGKILL);
    ASSERT_EQ(entries(), 1);
    write_file_atomically(temporary.path() / "other.h5", "x");
    EXPECT_EQ(entries(), 2);  // not its output
    write_file_atomically(output, "x");
    EXPECT_EQ(entries(), 2);  // the two outputs
}

TEST_F(AbandonedParts, the_part_of_a_writer_that_lives_is_left_to_it)
{
    TemporaryFile living(output);
    living.write("mine");
    remove_abandoned_parts(output);
    EXPECT_TRUE(fs::exists(living.path()));
    living.commit();
    EXPECT_TRUE(fs::exists(output));
}

TEST_F(AbandonedParts, only_names_that_we_give_are_looked_at)
{
    for (auto const* name :
         {".a.h5.part", ".a.h5.1234.part", ".a.h5.00000000-0123456789abcdeg.part", "a.h5.part",
          ".a.h5.0000000g-0123456789abcdef.part", ".b.h5.00000000-0123456789abcdef.part"})
        make(name);
    remove_abandoned_parts(output);
    EXPECT_EQ(entries(), 6);
}

TEST_F(AbandonedParts, a_part_of_another_start_of_this_machine_goes_where_locks_are_of_one_machine)
{
    auto const part = make(".a.h5.01234567-0123456789abcdef.part");
    remove_abandoned_parts(output);
    EXPECT_FALSE(fs::exists(part));  // the system's folder for temporary files is local
}

TEST_F(AbandonedParts, a_link_of_such_a_name_is_not_followed)
{
    auto const victim = make("victim");
    fs::create_symlink(victim, temporary.path() / ".a.h5.01234567-0123456789abcdef.part");
    remove_abandoned_parts(output);
    EXPECT_TRUE(fs::exists(victim));
    EXPECT_EQ(entries(), 2);
}

}  // namespace
}  // namespace lowcal
