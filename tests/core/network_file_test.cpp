#include "core/files/network_file.hpp"

#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

/// A variable of the environment, for one test.
class Variable {
public:
    Variable(char const* name, std::string const& value) : name_(name)
    {
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { ::unsetenv(name_); }
    Variable(Variable const&) = delete;
    Variable& operator=(Variable const&) = delete;

private:
    char const* name_;
};

class NetworkFile : public testing::Test {
protected:
    TemporaryFolder folder_{"network_file_test"};
    fs::path make(fs::path const& name) const
    {
        auto const path = folder_.path() / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path) << "a network";
        return path;
    }
};

std::string refusal(std::string const& name, fs::path const& installed = {})
{
    try {
        return "found " + find_network(name, installed).string();
    } catch (InputError const& error) {
        return error.what();
    }
}

TEST_F(NetworkFile, a_path_stays_as_it_is)
{
    Variable const models("LOWCAL_MODELS", folder_.path());
    make("lean.int8.onnx");
    EXPECT_EQ(find_network("lean.int8.onnx"), "lean.int8.onnx");
    EXPECT_EQ(find_network("./lean.int8"), "./lean.int8");
    EXPECT_EQ(find_network("lean.int8"), folder_.path() / "lean.int8.onnx");
}

TEST_F(NetworkFile, the_environment_comes_first_then_what_was_installed_then_the_build_tree)
{
    auto const installed = make("installed/lean.onnx");
    auto const own = make("own/lean.onnx");
    auto const built = fs::path(LOWCAL_BIN_DIR).parent_path() / "share/lowcal/models/lean.onnx";
    EXPECT_EQ(fs::canonical(find_network("lean")), fs::canonical(built));
    EXPECT_EQ(find_network("lean", installed.parent_path()), installed);
    Variable const models("LOWCAL_MODELS", own.parent_path());
    EXPECT_EQ(find_network("lean", installed.parent_path()), own);
    make("installed/mine.onnx");
    EXPECT_EQ(find_network("mine", installed.parent_path()), installed.parent_path() / "mine.onnx");
}

TEST_F(NetworkFile, the_working_directory_is_no_place_for_names)
{
    make("lost.onnx");
    auto const before = fs::current_path();
    fs::current_path(folder_.path());
    auto const said = refusal("lost");
    fs::current_path(before);
    EXPECT_EQ(said.find("found"), std::string::npos) << said;
}

TEST_F(NetworkFile, what_is_not_found_says_where_it_was_looked_for)
{
    Variable const models("LOWCAL_MODELS", "/here");
    auto const said = refusal("leen", "/there");
    EXPECT_NE(said.find("no network leen (looked in /here, /there, "), std::string::npos) << said;
    EXPECT_NE(said.find("share/lowcal/models); give a name"), std::string::npos) << said;
}

TEST_F(NetworkFile, what_is_not_found_names_what_there_is)
{
    auto const own = make("own/mine.onnx");
    Variable const models("LOWCAL_MODELS", own.parent_path());
    auto const said = refusal("leen");
    EXPECT_NE(said.find("give a name ("), std::string::npos) << said;
    EXPECT_NE(said.find("lean, lean.int8, mine"), std::string::npos) << said;
}

TEST_F(NetworkFile, is_taken_by_its_name_where_there_is_no_file_of_it)
{
    auto const own = make("own/mine.onnx");
    Variable const models("LOWCAL_MODELS", own.parent_path());
    EXPECT_EQ(file_or_network("mine"), own);
    EXPECT_EQ(file_or_network("other"), "other");
    EXPECT_EQ(file_or_network("mine.onnx"), "mine.onnx");
    make("work/mine");
    auto const before = fs::current_path();
    fs::current_path(folder_.path() / "work");
    auto const found = file_or_network("mine");
    fs::current_path(before);
    EXPECT_EQ(found, "mine");
}

TEST_F(NetworkFile, an_empty_variable_is_none)
{
    Variable const models("LOWCAL_MODELS", "");
    EXPECT_EQ(network_folders("/there").front(), "/there");
}

}  // namespace
}  // namespace lowcal
