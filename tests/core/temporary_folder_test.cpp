#include "core/files/temporary_folder.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

TEST(TemporaryFolder, is_this_processes_alone_and_goes_with_what_is_in_it)
{
    fs::path path;
    {
        TemporaryFolder folder("test");
        TemporaryFolder const other("test");
        path = folder.path();
        EXPECT_NE(path, other.path());
        EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
        std::ofstream(folder.file("a")) << "x";
        fs::create_directories(path / "b" / "c");
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, a_missing_parent_is_an_error)
{
    EXPECT_THROW(TemporaryFolder("test", "/nowhere/at/all"), InputError);
}

}  // namespace
}  // namespace lowcal
