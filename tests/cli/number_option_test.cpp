#include "cli/options/number_option.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace lowcal::cli {
namespace {

/// What an option of `range` makes of a text; the text of the error where it is one.
template <class Number>
std::string read(std::string const& text, NumberRange<Number> range = {})
{
    CLI::App app;
    Number number{};
    add_number(app, "--number", number, "", range);
    try {
        app.parse(std::vector<std::string>{text, "--number"});  // CLI11 reads from the end
    } catch (CLI::ParseError const& error) {
        return error.what();
    }
    return std::to_string(number);
}

TEST(NumberOption, reads_the_ends_of_its_type_and_nothing_beyond)
{
    EXPECT_EQ(read<std::uint64_t>("18446744073709551615"), "18446744073709551615");
    EXPECT_EQ(read<std::int64_t>("-9223372036854775808"), "-9223372036854775808");
    EXPECT_NE(read<std::uint64_t>("18446744073709551616").find("--number"), std::string::npos);
    EXPECT_NE(read<std::int64_t>("9223372036854775808").find("is not"), std::string::npos);
    EXPECT_NE(read<int>("2147483648").find("is not"), std::string::npos);
}

TEST(NumberOption, takes_leading_zeros_for_what_they_are)
{
    EXPECT_EQ(read<int>("0100"), "100");
    EXPECT_EQ(read<int>("-010"), "-10");
    EXPECT_EQ(read<std::uint64_t>("0009"), "9");
    EXPECT_EQ(read<double>("00.50"), std::to_string(0.5));
}

TEST(NumberOption, says_what_it_would_have_taken)
{
    EXPECT_EQ(read<int>("7", {.least = 1, .most = 5}),
              "--number: '7' is not a whole number from 1 to 5");
    EXPECT_EQ(read<double>("0", above_zero<double>), "--number: '0' is not a number above 0");
    EXPECT_EQ(read<double>("-1", {.least = 0.0}), "--number: '-1' is not a number of at least 0");
    EXPECT_EQ(read<double>("nan"), "--number: 'nan' is not a number");
    EXPECT_EQ(read<int>("5", {.least = 1, .most = 5}), "5");
}

TEST(NumberOption, of_a_list_checks_each)
{
    CLI::App app;
    std::vector<int> numbers;
    add_numbers(app, "--numbers", numbers, "", {.least = 1, .most = 9});
    app.parse(std::vector<std::string>{"1,02,3", "--numbers"});
    EXPECT_EQ(numbers, (std::vector<int>{1, 2, 3}));
    EXPECT_THROW(app.parse(std::vector<std::string>{"1,x", "--numbers"}), CLI::ValidationError);
    EXPECT_THROW(app.parse(std::vector<std::string>{"1,10", "--numbers"}), CLI::ValidationError);
}

}  // namespace
}  // namespace lowcal::cli
