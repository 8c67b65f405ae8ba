#include "core/listener.hpp"

#include "core/progress.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

namespace lowcal {
namespace {

std::string text_of(std::FILE* file)
{
    std::rewind(file);
    std::string text(1000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    return text;
}

TEST(Listener, without_one_nothing_is_said)
{
    testing::internal::CaptureStderr();
    remark(RemarkKind::warning, "nobody hears this");
    Progress progress({.label = "work", .total = 4, .plain_interval = 0});
    progress.update(2);
    progress.finish();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Listener, hears_progress_and_remarks_until_it_goes)
{
    std::FILE* const file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    std::vector<std::string> heard;
    set_listener({.progress = file, .remark = [&](RemarkKind kind, std::string const& sentence) {
                      heard.push_back((kind == RemarkKind::warning ? "warning " : "note ") +
                                      sentence);
                  }});
    remark(RemarkKind::warning, "one");
    remark(RemarkKind::note, "two");
    Progress({.label = "work", .total = 4}).finish();
    set_listener({});
    remark(RemarkKind::note, "three");
    EXPECT_EQ(heard, (std::vector<std::string>{"warning one", "note two"}));
    EXPECT_NE(text_of(file).find("work 4/4"), std::string::npos);
    std::fclose(file);
}

}  // namespace
}  // namespace lowcal
