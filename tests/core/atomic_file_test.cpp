#include "core/files/atomic_file.hpp"

#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public ::testing::Test {
protected:
    TemporaryFolder temporary{"test"};
    fs::path folder = temporary.path();

    std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(folder), {}); }

    /// Why a file cannot be written to this path; fails the test if it can.
    static std::string error_of_writing(fs::path const& path)
    {
        try {
            write_file_atomically(path, "x");
        } catch (InputError const& error) {
            return error.what();
        }
        ADD_FAILURE() << path << " was written";
        return {};
    }

    static std::string content(fs::path const& path)
    {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
};

TEST_F(AtomicFile, holds_what_was_written_and_leaves_nothing_else)
{
    write_file_atomically(folder / "a.txt", "first");
    write_file_atomically(folder / "a.txt", "second");
    EXPECT_EQ(content(folder / "a.txt"), "second");
    EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, a_missing_folder_is_an_error_that_names_the_file)
{
    auto const error = error_of_writing(folder / "missing" / "a.txt");
    EXPECT_NE(error.find("a.txt"), std::string::npos) << error;
}

TEST_F(AtomicFile, never_takes_the_place_of_a_pipe_or_of_what_a_link_to_one_names)
{
    auto const pipe = folder / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    fs::create_symlink(pipe, folder / "link");
    for (auto const* name : {"pipe", "link"}) {
        auto const error = error_of_writing(folder / name);
        EXPECT_NE(error.find(name), std::string::npos) << error;
        EXPECT_NE(error.find("not a regular file"), std::string::npos) << error;
    }
    EXPECT_TRUE(fs::is_fifo(pipe));
    EXPECT_TRUE(fs::is_symlink(folder / "link"));
    EXPECT_EQ(entries(), 2);  // and no temporary file
}

TEST_F(AtomicFile, never_takes_the_place_of_a_folder)
{
    fs::create_directories(folder / "empty");
    EXPECT_NE(error_of_writing(folder / "empty").find("not a regular file"), std::string::npos);
    EXPECT_TRUE(fs::is_directory(folder / "empty"));
    EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, takes_the_place_of_an_older_file_when_it_is_committed_and_not_before)
{
    std::ofstream(folder / "a.txt") << "old";
    TemporaryFile file(folder / "a.txt");
    file.write("new");
    EXPECT_EQ(content(folder / "a.txt"), "old");
    file.commit();
    EXPECT_EQ(content(folder / "a.txt"), "new");
    EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, what_is_not_committed_goes)
{
    {
        TemporaryFile file(folder / "a.txt");
        file.write("half");
        EXPECT_EQ(entries(), 1);
    }
    EXPECT_EQ(entries(), 0);
}

TEST_F(AtomicFile, two_writers_of_one_name_each_leave_a_whole_file_and_the_last_one_stays)
{
    TemporaryFile first(folder / "a.txt");
    TemporaryFile second(folder / "a.txt");
    EXPECT_NE(first.path(), second.path());
    first.write("fir");
    second.write("second");
    first.write("st");
    first.commit();
    EXPECT_EQ(content(folder / "a.txt"), "first");
    second.commit();
    EXPECT_EQ(content(folder / "a.txt"), "second");
    EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, processes_of_one_id_do_not_meet)
{
    // Two containers count their processes from one: only the name's random part tells them apart.
    TemporaryFile const here(folder / "a.txt");
    auto const name = here.path().filename().string();
    EXPECT_EQ(name.find(std::to_string(::getpid()) + "."), std::string::npos) << name;
    EXPECT_EQ(name.size(), std::string(".a.txt.").size() + 8 + 1 + 16 + 5) << name;
}

TEST_F(AtomicFile, a_link_is_followed_and_stays)
{
    fs::create_directories(folder / "disk");
    fs::create_symlink("disk/a.txt", folder / "link");  // to nothing yet
    write_file_atomically(folder / "link", "first");
    write_file_atomically(folder / "link", "second");
    EXPECT_TRUE(fs::is_symlink(folder / "link"));
    EXPECT_EQ(content(folder / "disk" / "a.txt"), "second");
    EXPECT_EQ(entries(), 2);
}

TEST_F(AtomicFile, links_that_turn_in_a_circle_are_refused)
{
    fs::create_symlink("b", folder / "a");
    fs::create_symlink("a", folder / "b");
    EXPECT_NE(error_of_writing(folder / "a").find("symbolic links"), std::string::npos);
}

TEST_F(AtomicFile, the_longest_name_can_be_written)
{
    std::string const name(255, 'x');
    write_file_atomically(folder / name, "x");
    EXPECT_EQ(content(folder / name), "x");
}

TEST_F(AtomicFile, the_users_mask_decides_who_may_read)
{
    auto const before = ::umask(0027);
    write_file_atomically(folder / "a.txt", "x");
    ::umask(before);
    EXPECT_EQ(fs::status(folder / "a.txt").permissions(), static_cast<fs::perms>(0640));
}

}  // namespace
}  // namespace lowcal
