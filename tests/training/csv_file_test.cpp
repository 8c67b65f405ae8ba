#include "training/csv_file.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

namespace lowcal::training {
namespace {

class CsvFiles : public testing::Test {
protected:
    std::filesystem::path folder = std::filesystem::path(testing::TempDir()) /
                                   testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::path path = folder / "losses.csv";

    void SetUp() override
    {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    static std::string text_of(std::filesystem::path const& file)
    {
        std::ifstream stream(file);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
};

TEST_F(CsvFiles, of_the_same_columns_go_on)
{
    CsvFile(path, "step,loss").line({1, 0.5});
    CsvFile(path, "step,loss").line({2, 0.25});
    EXPECT_EQ(text_of(path), "step,loss\n1,0.5\n2,0.25\n");
}

TEST_F(CsvFiles, of_other_columns_are_kept_beside_the_new)
{
    CsvFile(path, "step,loss").line({1, 0.5});
    CsvFile(path, "step,depth,loss").line({2, 3, 0.25});
    CsvFile(path, "step").line({3});
    EXPECT_EQ(text_of(path), "step\n3\n");
    EXPECT_EQ(text_of(folder / "losses.earlier1.csv"), "step,loss\n1,0.5\n");
    EXPECT_EQ(text_of(folder / "losses.earlier2.csv"), "step,depth,loss\n2,3,0.25\n");
}

TEST_F(CsvFiles, that_cannot_be_written_are_an_error)
{
    EXPECT_THROW(CsvFile(folder / "none" / "losses.csv", "step"), InputError);
}

}  // namespace
}  // namespace lowcal::training
