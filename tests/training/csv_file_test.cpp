#include "training/loop/csv_file.hpp"

#include "core/error.hpp"
#include "graph/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace lowcal::training {
namespace {

TEST(CsvFile, of_the_same_columns_goes_on)
{
    graph::TemporaryFolder const folder;
    auto const path = folder.file("losses.csv");
    CsvFile(path, "step,loss").line({1, 0.5});
    CsvFile(path, "step,loss").line({2, 0.25});
    EXPECT_EQ(graph::read_bytes(path), "step,loss\n1,0.5\n2,0.25\n");
}

TEST(CsvFile, of_other_columns_is_kept_beside_the_new)
{
    graph::TemporaryFolder const folder;
    auto const path = folder.file("losses.csv");
    CsvFile(path, "step,loss").line({1, 0.5});
    CsvFile(path, "step,depth,loss").line({2, 3, 0.25});
    CsvFile(path, "step").line({3});
    EXPECT_EQ(graph::read_bytes(path), "step\n3\n");
    EXPECT_EQ(graph::read_bytes(folder.file("losses.earlier1.csv")), "step,loss\n1,0.5\n");
    EXPECT_EQ(graph::read_bytes(folder.file("losses.earlier2.csv")), "step,depth,loss\n2,3,0.25\n");
}

TEST(CsvFile, drops_torn_lines_and_rows_that_will_be_made_again)
{
    graph::TemporaryFolder const folder;
    auto const path = folder.file("losses.csv");
    graph::write_bytes(path, "step,loss\n10,0.5\n20,0.\n30,\n40\n50,0.1\n60,0.2\n70,0.25");
    CsvFile file(path, "step,loss", 50);
    EXPECT_EQ(file.torn_lines(), 3U);
    file.line({60, 0.125});
    EXPECT_EQ(graph::read_bytes(path), "step,loss\n10,0.5\n20,0.\n50,0.1\n60,0.125\n");
}

TEST(CsvFile, whose_head_is_torn_begins_anew)
{
    graph::TemporaryFolder const folder;
    auto const path = folder.file("losses.csv");
    graph::write_bytes(path, "step,lo");
    CsvFile file(path, "step,loss");
    EXPECT_EQ(file.torn_lines(), 1U);
    EXPECT_EQ(graph::read_bytes(path), "step,loss\n");
}

TEST(CsvFile, keeps_all_digits_of_a_step)
{
    graph::TemporaryFolder const folder;
    auto const path = folder.file("losses.csv");
    CsvFile(path, "step,loss").line({123456789, 0.5});
    EXPECT_EQ(graph::read_bytes(path), "step,loss\n123456789,0.5\n");
}

TEST(CsvTable, has_the_whole_rows_of_a_file)
{
    graph::TemporaryFolder const folder;
    auto const path = folder.file("losses.csv");
    EXPECT_TRUE(read_csv(path).rows.empty());
    graph::write_bytes(path, "step,loss\n1,0.5\nEOD\n2,nan\n3,0.2");
    auto const table = read_csv(path);
    EXPECT_EQ(table.names, (std::vector<std::string>{"step", "loss"}));
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.rows[0], (std::vector<double>{1, 0.5}));
    EXPECT_EQ(table.torn_lines, 2U);
}

TEST(CsvFile, that_cannot_be_written_is_an_error)
{
    graph::TemporaryFolder const folder;
    EXPECT_THROW(CsvFile(folder.file("none") / "losses.csv", "step"), InputError);
}

}  // namespace
}  // namespace lowcal::training
