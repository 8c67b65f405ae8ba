#include "core/atomic_file.hpp"

#include "core/error.hpp"

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
    fs::path folder = fs::temp_directory_path() / ("lowcal_core_" + std::to_string(::getpid()));
    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }

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
    auto const temporary = temporary_beside(folder / "a.txt");
    std::ofstream(temporary) << "new";
    EXPECT_EQ(content(folder / "a.txt"), "old");
    commit_file(temporary, folder / "a.txt");
    EXPECT_EQ(content(folder / "a.txt"), "new");
    EXPECT_FALSE(fs::exists(temporary));
}

}  // namespace
}  // namespace lowcal
