#include "core/atomic_file.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <unistd.h>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public ::testing::Test {
protected:
    fs::path folder = fs::temp_directory_path() / ("lowcal_core_" + std::to_string(::getpid()));
    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }

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
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(AtomicFile, a_missing_folder_is_an_error_that_names_the_file)
{
    auto const path = folder / "missing" / "a.txt";
    try {
        write_file_atomically(path, "x");
        FAIL() << "no error";
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("a.txt"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace lowcal
