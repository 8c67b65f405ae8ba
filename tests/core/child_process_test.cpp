#include "core/processes/child_process.hpp"

#include <gtest/gtest.h>

namespace lowcal {
namespace {

TEST(ChildProcess, gets_its_input_and_hands_back_all_it_says)
{
    std::string const long_text(300000, 'x');
    auto const end = run_child({.arguments = {"cat"}, .input = long_text});
    EXPECT_TRUE(end.found);
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.output, long_text);
}

TEST(ChildProcess, gets_its_arguments_unread_by_any_shell)
{
    std::string const word = "a b; $(echo c) `echo d` 'e\" \\ * \n";
    EXPECT_EQ(run_child({.arguments = {"printf", "%s", word}}).output, word);
}

TEST(ChildProcess, that_leaves_its_input_unread_does_not_end_us)
{
    auto const end = run_child({.arguments = {"false"}, .input = std::string(1000000, 'x')});
    EXPECT_EQ(end.exit_code, 1);
}

TEST(ChildProcess, hands_back_messages_when_asked)
{
    auto const end =
        run_child({.arguments = {"cat", "/no/such/file"}, .errors = ChildErrors::collected});
    EXPECT_EQ(end.exit_code, 1);
    EXPECT_NE(end.messages.find("/no/such/file"), std::string::npos);
    EXPECT_TRUE(end.output.empty());
}

TEST(ChildProcess, that_is_not_there_is_not_found)
{
    EXPECT_FALSE(run_child({.arguments = {"no-such-program-of-lowcal"}}).found);
    EXPECT_FALSE(run_child({.arguments = {"/no/such/program"}}).found);
}

TEST(ChildProcess, that_a_signal_ends_has_no_exit_code)
{
    EXPECT_EQ(run_child({.arguments = {"sh", "-c", "kill -KILL $$"}}).exit_code, -1);
}

}  // namespace
}  // namespace lowcal
