#include "training/loop/curves.hpp"

#include "core/processes/child_process.hpp"
#include "graph/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace lowcal::training {
namespace {

using graph::write_bytes;

class Curves : public ::testing::Test {
protected:
    graph::TemporaryFolder folder;

    void SetUp() override
    {
        if (!run_child({.arguments = {"gnuplot", "--version"}}).found)
            GTEST_SKIP() << "the program gnuplot is not installed";
    }
};

TEST_F(Curves, are_drawn_where_there_are_rows)
{
    auto const run = folder.file("run");
    std::filesystem::create_directories(run);
    EXPECT_EQ(draw_curves(run), DrawResult::nothing_to_draw);
    write_bytes(run / "losses.csv", "step,epoch,seconds,adversarial\n1,0,1,0.5\n2,0,2,nan\n3,0");
    EXPECT_EQ(draw_curves(run), DrawResult::drawn);
    write_bytes(run / "physics.csv",
                "step,epoch,seconds,shape_mse,mean_2_50,rms_2_50,hits_0_keV,mean_width,rms_width\n"
                "1,0,1,0.5,1,1,1,1,1\n");
    EXPECT_EQ(draw_curves(run), DrawResult::drawn);
    EXPECT_EQ(graph::read_bytes(run / "curves.png").substr(1, 3), "PNG");
}

TEST_F(Curves, run_no_command_that_the_folder_or_a_table_names)
{
    auto const trap = folder.file("trap").string();
    auto const run = folder.file("'; system('touch trap'); '`touch trap`");
    std::filesystem::create_directories(run);
    write_bytes(run / "losses.csv", "step,epoch,seconds,'.system('touch " + trap +
                                        "').'\n1,0,1,2\n" + "EOD\nsystem('touch " + trap + "')\n");
    EXPECT_EQ(draw_curves(run), DrawResult::drawn);
    EXPECT_FALSE(std::filesystem::exists(trap));
    EXPECT_FALSE(std::filesystem::exists("trap"));
}

}  // namespace
}  // namespace lowcal::training
