#include "core/progress.hpp"

#include <gtest/gtest.h>

#include <array>

namespace lowcal {
namespace {

TEST(Progress, durations_read_naturally)
{
    EXPECT_EQ(format_duration(3.21), "3.2 s");
    EXPECT_EQ(format_duration(250), "4 min 10 s");
    EXPECT_EQ(format_duration(7500), "2 h 05 min");
}

TEST(Progress, a_log_file_gets_plain_lines)
{
    std::FILE* const file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    Progress progress({.label = "work", .total = 4, .plain_interval = 0}, file);
    progress.update(2, "half");
    progress.finish();
    std::rewind(file);
    std::array<char, 256> text{};
    auto const size = std::fread(text.data(), 1, text.size() - 1, file);
    std::fclose(file);
    std::string const written(text.data(), size);
    EXPECT_NE(written.find("work 2/4 (50 %)"), std::string::npos) << written;
    EXPECT_NE(written.find("work 4/4 (100 %)"), std::string::npos) << written;
    EXPECT_EQ(written.find('\r'), std::string::npos) << written;
}

}  // namespace
}  // namespace lowcal
