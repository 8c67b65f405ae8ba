#include "core/printable.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lowcal {
namespace {

TEST(Printable, plain_and_accented_text_stays_as_it_is)
{
    for (std::string const text : {"", "lean.int8.onnx", "ünï €/ö 1.h5", "量熱器", "🙂", "C:\\x"})
        EXPECT_EQ(printable(text), text);
}

TEST(Printable, an_escape_sequence_loses_its_escape)
{
    EXPECT_EQ(printable("\x1b[2J\x1b]0;title\x07"), "\\x1b[2J\\x1b]0;title\\x07");
    EXPECT_EQ(printable("\x7f\b\v"), "\\x7f\\x08\\x0b");
}

TEST(Printable, a_line_end_cannot_begin_another_line)
{
    EXPECT_EQ(printable("a\nshowers 7\r\tb"), "a\\nshowers 7\\r\\tb");
    EXPECT_EQ(printable("a\xe2\x80\xa8"
                        "b"),
              "a\\u{2028}b");
}

TEST(Printable, eight_bit_controls_are_escaped_in_either_form)
{
    EXPECT_EQ(printable("\xc2\x9b"
                        "2J"),
              "\\u{9b}2J");  // CSI as UTF-8
    EXPECT_EQ(printable("\x9b"
                        "2J"),
              "\\x9b2J");  // CSI as a byte
}

TEST(Printable, bytes_that_are_not_utf8_are_escaped_one_by_one)
{
    EXPECT_EQ(printable("\xff"), "\\xff");
    EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");                    // cut
    EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b");                    // overlong
    EXPECT_EQ(printable("\xe0\x82\x9b"), "\\xe0\\x82\\x9b");           // overlong
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
    EXPECT_EQ(printable("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
}

TEST(Printable, characters_that_reorder_their_neighbours_are_escaped)
{
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b"),
              "a\\u{202e}b");
    EXPECT_EQ(printable("\xe2\x81\xa6\xef\xbb\xbf"), "\\u{2066}\\u{feff}");
}

TEST(Printable, a_zero_byte_does_not_end_the_text)
{
    EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
}

TEST(Printable, texts_of_several_lines_keep_their_lines_and_nothing_else)
{
    EXPECT_EQ(printable_lines("a\n\tb\x1b[1m\r\n"), "a\n\tb\\x1b[1m\\r\n");
}

}  // namespace
}  // namespace lowcal
