#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace lowcal {

/// Whether a picture could be drawn on this machine.
enum class DrawResult { drawn, no_gnuplot, nothing_to_draw };

/// Size on the page; a PNG has 1.5 times as many pixels each way.
struct PictureSize {
    int width = 800;
    int height = 600;
};

/// Runs gnuplot on `script` (data inline, no `set terminal`, no `set output`) and names the result
/// `picture` once it is whole; .png and .svg are known. Needs the program gnuplot in the path:
/// where there is none, nothing is written. Throws InputError with gnuplot's own words where it
/// fails or the picture cannot be written. Threads may draw different pictures at a time.
///
/// This is the one way to gnuplot. Its language runs commands (system, backquotes, file names that
/// begin with '<' or '|'), so no name of a file goes into a script, data go in as numbers, and
/// words go through gnuplot_text.
DrawResult draw_with_gnuplot(std::filesystem::path const& picture, PictureSize size,
                             std::string_view script);

/// A text as gnuplot's expression of a string that shows every letter as it is; control characters
/// but the end of a line become blanks.
std::string gnuplot_text(std::string_view text);

}  // namespace lowcal
