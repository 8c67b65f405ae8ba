#include "cli/options/program.hpp"

#include "cli/options/command_help.hpp"
#include "cli/options/nearest_name.hpp"
#include "core/error.hpp"
#include "core/listener.hpp"
#include "core/printable.hpp"
#include "core/processes/signal_cleanup.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <new>
#include <sstream>
#include <string>
#include <system_error>
#include <unistd.h>

namespace lowcal::cli {
namespace {

/// Standard output is opened for reading, so that printing to it still fails.
void open_standard_streams()
{
    for (int const stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
        int const opened = ::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
        if (opened >= 0 && opened != stream) ::close(opened);
    }
}

/// Unlike fmt::print it never throws: nothing is left to tell that standard error is gone.
int say(std::string const& text, int exit_code)
{
    std::fputs((text + "\n").c_str(), stderr);
    return exit_code;
}

int say_output_failed(CLI::App const& app, int reason)
{
    if (reason == EPIPE) return 1;
    auto const why = reason == 0 ? "" : fmt::format(" ({})", std::strerror(reason));
    return say(fmt::format("{}: cannot write to standard output{}", app.get_name(), why), 1);
}

void say_remark(RemarkKind kind, std::string const& sentence)
{
    say((kind == RemarkKind::warning ? "Warning: " : "") + printable(sentence), 0);
}

std::string did_you_mean(std::string const& word, std::vector<std::string> const& names)
{
    auto const nearest = nearest_name(word, names);
    return nearest ? fmt::format("; did you mean {}?", *nearest) : "";
}

std::vector<std::string> option_names(CLI::App const& command)
{
    std::vector<std::string> names;
    for (auto const* const option : command.get_options())
        for (auto const& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string> command_names(CLI::App const& app)
{
    std::vector<std::string> names;
    for (auto const* const command : app.get_subcommands({})) names.push_back(command->get_name());
    return names;
}

/// What there is no such thing as on the command line, in words; empty if nothing.
std::string mistyped(CLI::App const& app)
{
    auto const chosen = app.get_subcommands();
    auto const& command = chosen.empty() ? app : *chosen.front();
    for (auto const& word : command.remaining())
        if (word.starts_with("--"))
            return fmt::format("there is no option {}{}", word,
                               did_you_mean(word.substr(0, word.find('=')), option_names(command)));
    auto const words = command.remaining();
    if (&command == &app && !words.empty() && !command_names(app).empty())
        return fmt::format("there is no command {}{}", words.front(),
                           did_you_mean(words.front(), command_names(app)));
    return {};
}

int say_wrong_usage(CLI::App const& app, std::string const& problem)
{
    return say(fmt::format("{}: {}\nRun with --help for more information.", app.get_name(),
                           printable(problem)),
               2);
}

int end_by_parse_error(CLI::App& app, CLI::ParseError const& error)
{
    auto const typo = mistyped(app);
    if (error.get_exit_code() == 0 || typo.empty()) {
        std::ostringstream help, problem;
        int const exit_code = app.exit(error, help, problem);
        std::fputs(help.str().c_str(), stdout);
        std::fputs(problem.str().c_str(), stderr);
        return exit_code == 0 ? 0 : 2;
    }
    return say_wrong_usage(app, typo);
}

int run(CLI::App& app, std::function<void()> const& body)
{
    auto const& name = app.get_name();
    try {
        body();
        return 0;
    } catch (CLI::ParseError const& error) {
        return end_by_parse_error(app, error);
    } catch (VerdictFailure const& failure) {
        return say(fmt::format("{}: {}", name, printable(failure.what())), 3);
    } catch (UsageError const& error) {
        return say_wrong_usage(app, error.what());
    } catch (InputError const& error) {
        return say(fmt::format("{}: {}", name, printable(error.what())), 1);
    } catch (std::filesystem::filesystem_error const& error) {
        return say(fmt::format("{}: {}", name, printable(error.what())), 1);
    } catch (std::system_error const& error) {
        if (std::ferror(stdout)) return say_output_failed(app, error.code().value());
        return say(fmt::format("{}: unexpected: {}", name, printable(error.what())), 1);
    } catch (std::bad_alloc const&) {
        return say(fmt::format("{}: there is not enough memory", name), 1);
    } catch (std::exception const& error) {
        return say(fmt::format("{}: unexpected: {}", name, printable(error.what())), 1);
    }
}

}  // namespace

void parse(CLI::App& app, int argc, char const* const* argv)
{
    for (int i = 1; i < argc; ++i)
        if (*argv[i] == '\0')
            throw CLI::ValidationError(i > 1 ? argv[i - 1] : app.get_name(),
                                       "an empty argument follows it");
    app.parse(argc, argv);
}

int run_program(CLI::App& app, std::function<void()> const& body)
{
    open_standard_streams();
    set_listener({.progress = stderr, .remark = say_remark});
    remove_temporaries_on_signals();
    open_help_with_examples(app);
    int const exit_code = run(app, body);
    errno = 0;
    bool const written = std::fflush(stdout) == 0 && !std::ferror(stdout);
    if (written || exit_code == 1) return exit_code;
    return say_output_failed(app, errno);
}

}  // namespace lowcal::cli
