#include "core/processes/gnuplot.hpp"

#include "core/processes/child_process.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

class Gnuplot : public ::testing::Test {
protected:
    fs::path folder;

    void SetUp() override
    {
        if (!run_child({.arguments = {"gnuplot", "--version"}}).found)
            GTEST_SKIP() << "the program gnuplot is not installed";
        auto pattern = (fs::temp_directory_path() / "lowcal_gnuplot_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    void TearDown() override
    {
        if (!folder.empty()) fs::remove_all(folder);
    }
    std::string drawn(fs::path const& picture, std::string const& title) const
    {
        EXPECT_EQ(draw_with_gnuplot(picture, {}, "plot x title " + gnuplot_text(title)),
                  DrawResult::drawn);
        std::ifstream file(picture);
        return {std::istreambuf_iterator<char>(file), {}};
    }
};

TEST_F(Gnuplot, shows_every_letter_of_a_text_as_it_is)
{
    auto const svg = drawn(folder / "a.svg", "it's ''a'' \\n %d {/Bold x}_2^3 `date` @b $c");
    EXPECT_NE(svg.find("it's ''a'' \\n %d {/Bold x}_2^3 `date` @b $c"), std::string::npos) << svg;
}

TEST_F(Gnuplot, shows_a_text_of_two_lines_as_two_lines)
{
    auto const svg = drawn(folder / "a.svg", "one's line\nand 'another'");
    EXPECT_NE(svg.find("one's line"), std::string::npos);
    EXPECT_NE(svg.find("and 'another'"), std::string::npos);
    EXPECT_EQ(svg.find("one's line and"), std::string::npos);
}

TEST_F(Gnuplot, runs_no_command_that_a_text_or_a_name_holds)
{
    auto const trap = folder / "trap";
    std::string const touch = "touch " + trap.string();
    for (std::string const& text :
         {"'; system('" + touch + "'); '", "`" + touch + "`", "$(" + touch + ")", "| " + touch,
          "< " + touch, "\n!" + touch + "\n", "'\nsystem('" + touch + "')\n'"})
        drawn(folder / "a.svg", text);
    auto const name = "'; system('touch trap'); '";
    fs::create_directories(folder / name);
    EXPECT_FALSE(drawn(folder / name / "| touch trap;`touch trap`.svg", "x").empty());
    EXPECT_FALSE(fs::exists(trap));
    EXPECT_FALSE(fs::exists("trap"));
}

}  // namespace
}  // namespace lowcal
