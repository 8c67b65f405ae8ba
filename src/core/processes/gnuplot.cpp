#include "core/processes/gnuplot.hpp"

#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/processes/child_process.hpp"

#include <cassert>

namespace lowcal {
namespace {

constexpr double png_pixels_per_unit = 1.5;

std::string size_text(int width, int height)
{
    return " size " + std::to_string(width) + "," + std::to_string(height);
}

std::string terminal_of(std::filesystem::path const& picture, PictureSize size)
{
    if (picture.extension() == ".svg")
        return "set terminal svg" + size_text(size.width, size.height) +
               " noenhanced font 'sans-serif,13' linewidth 1.2 background 'white'\n";
    assert(picture.extension() == ".png");
    auto const pixels = [](int units) { return static_cast<int>(units * png_pixels_per_unit); };
    return "set terminal pngcairo" + size_text(pixels(size.width), pixels(size.height)) +
           " noenhanced font 'sans-serif,10' fontscale 1.35 linewidth 1.6 pointscale 1.4 "
           "background 'white'\n";
}

std::string on_one_line(std::string text)
{
    for (char& letter : text)
        if (letter == '\n') letter = ' ';
    constexpr std::size_t enough = 1000;
    return text.substr(0, enough);
}

}  // namespace

DrawResult draw_with_gnuplot(std::filesystem::path const& picture, PictureSize size,
                             std::string_view script)
{
    auto const whole = "set encoding utf8\n" + terminal_of(picture, size) + std::string(script) +
                       "\nunset output\n";
    auto const end = run_child({.arguments = {"gnuplot", "-d"},  // without the user's own settings
                                .input = whole,
                                .errors = ChildErrors::collected});
    if (!end.found) return DrawResult::no_gnuplot;
    if (end.exit_code != 0)
        throw InputError("gnuplot cannot draw " + picture.string(), on_one_line(end.messages));
    write_file_atomically(picture, end.output);
    return DrawResult::drawn;
}

std::string gnuplot_text(std::string_view text)
{
    // In single quotes every letter stands for itself. Quotes are joined on: gnuplot 5.4 reads two
    // doubled ones in a row as the string's end.
    std::string result = "'";
    for (char const letter : text) {
        if (letter == '\n')
            result += "'.\"\\n\".'";
        else if (letter == '\'')
            result += "'.\"\\047\".'";
        else
            result += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
    }
    return result + "'";
}

}  // namespace lowcal
