#include "validation/gnuplot.hpp"

#include "core/atomic_file.hpp"
#include "core/error.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lowcal::validation {
namespace {

constexpr double png_pixels_per_unit = 1.5;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// A file without a name: a pipe would end this process by a signal where gnuplot dies early.
File nameless_file()
{
    File file(std::tmpfile());
    if (!file) throw InputError("cannot make a temporary file", std::strerror(errno));
    return file;
}

File file_of(std::string_view text)
{
    auto file = nameless_file();
    if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
        std::fflush(file.get()) != 0)
        throw InputError("cannot write a temporary file", std::strerror(errno));
    std::rewind(file.get());
    return file;
}

std::string content_of(std::FILE* file)
{
    std::string text(4096, '\0');
    std::rewind(file);
    text.resize(std::fread(text.data(), 1, text.size(), file));
    for (char& letter : text)
        if (letter == '\n') letter = ' ';
    return text;
}

std::string terminal_of(std::filesystem::path const& picture, PictureSize size)
{
    if (picture.extension() == ".svg")
        return fmt::format(
            "set terminal svg size {},{} noenhanced font 'sans-serif,13' linewidth 1.2 "
            "background 'white'\n",
            size.width, size.height);
    assert(picture.extension() == ".png");
    auto const pixels = [](int units) { return static_cast<int>(units * png_pixels_per_unit); };
    return fmt::format(
        "set terminal pngcairo size {},{} noenhanced font 'sans-serif,10' fontscale 1.35 "
        "linewidth 1.6 pointscale 1.4 background 'white'\n",
        pixels(size.width), pixels(size.height));
}

/// Starts gnuplot with its three streams on files; the errno of the failure, or 0.
int start_gnuplot(std::FILE* input, std::FILE* messages, pid_t& process)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ::fileno(input), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ::fileno(messages), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ::fileno(messages), STDERR_FILENO);
    char program[] = "gnuplot";
    char option[] = "-d";  // without the user's own settings
    char* const arguments[] = {program, option, nullptr};
    int const failure = ::posix_spawnp(&process, program, &actions, nullptr, arguments, ::environ);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

/// Whether gnuplot is there; throws where it fails.
bool run_gnuplot(std::filesystem::path const& picture, std::string const& script)
{
    auto const input = file_of(script);
    auto const messages = nameless_file();
    pid_t process = 0;
    int const failure = start_gnuplot(input.get(), messages.get(), process);
    if (failure == ENOENT) return false;
    if (failure != 0) throw InputError("cannot start gnuplot", std::strerror(failure));
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return false;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw InputError("gnuplot cannot draw " + picture.string(), content_of(messages.get()));
    return true;
}

}  // namespace

DrawResult draw_with_gnuplot(std::filesystem::path const& picture, PictureSize size,
                             std::string_view script)
{
    auto const temporary = temporary_beside(picture);
    auto const whole =
        fmt::format("set encoding utf8\n{}set output {}\n{}\nunset output\n",
                    terminal_of(picture, size), gnuplot_text(temporary.string()), script);
    try {
        if (!run_gnuplot(picture, whole)) return DrawResult::no_gnuplot;
        commit_file(temporary, picture);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw;
    }
    return DrawResult::drawn;
}

std::string gnuplot_text(std::string_view text)
{
    std::string result = "'";
    for (char const letter : text) {
        if (letter == '\'') result += '\'';
        result += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
    }
    return result + "'";
}

}  // namespace lowcal::validation
