#include "training/csv_file.hpp"

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

TEST(CsvFile, that_cannot_be_written_is_an_error)
{
    graph::TemporaryFolder const folder;
    EXPECT_THROW(CsvFile(folder.file("none") / "losses.csv", "step"), InputError);
}

}  // namespace
}  // namespace lowcal::training
