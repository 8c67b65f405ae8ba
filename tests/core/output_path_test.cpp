#include "core/files/output_path.hpp"

#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace lowcal {
namespace {

/// Why an output is refused; empty where it is not.
std::string refusal(std::filesystem::path const& output, FileKind kind)
{
    try {
        require_output_path(output, kind);
    } catch (InputError const& error) {
        return error.what();
    }
    return {};
}

TEST(OutputPath, takes_the_place_of_files_of_its_kind_alone)
{
    TemporaryFolder const folder("test");
    auto const showers = folder.path() / "showers", text = folder.path() / "text",
               empty = folder.path() / "empty", none = folder.path() / "none";
    std::ofstream(showers, std::ios::binary) << "\x89HDF\r\n\x1a\n and more";
    std::ofstream(text) << "HDF";
    std::ofstream(empty) << "";
    EXPECT_EQ(refusal(showers, FileKind::hdf5), "");
    EXPECT_EQ(refusal(text, FileKind::other), "");
    EXPECT_NE(refusal(showers, FileKind::other).find("there is an HDF5 file"), std::string::npos);
    EXPECT_NE(refusal(text, FileKind::hdf5).find("there is a file that is not HDF5"),
              std::string::npos);
    for (auto const kind : {FileKind::hdf5, FileKind::other}) {
        EXPECT_EQ(refusal(empty, kind), "");
        EXPECT_EQ(refusal(none, kind), "");
        EXPECT_NE(refusal(folder.path(), kind).find("a folder"), std::string::npos);
        EXPECT_NE(refusal(none / "a", kind).find("there is no folder"), std::string::npos);
    }
}

}  // namespace
}  // namespace lowcal
