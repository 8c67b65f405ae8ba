#include "core/processes/child_process.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lowcal {
namespace {

constexpr int exit_code_of_a_program_not_found = 127;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// A file without a name: unlike a pipe it takes any length and sends no signal.
File nameless_file()
{
    File file(std::tmpfile());
    if (!file) throw InputError("cannot make a temporary file", std::strerror(errno));
    return file;
}

File file_of(std::string const& text)
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
    std::string text;
    char block[4096];
    std::rewind(file);
    for (std::size_t got = sizeof block; got == sizeof block;) {
        got = std::fread(block, 1, sizeof block, file);
        text.append(block, got);
    }
    return text;
}

/// The program's three streams.
struct Streams {
    File input;
    File output;
    File errors;  ///< none: ours
};

/// Starts the program; the errno of the failure, or 0.
int start(std::vector<std::string> arguments, Streams const& streams, pid_t& process)
{
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ::fileno(streams.input.get()), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ::fileno(streams.output.get()), STDOUT_FILENO);
    if (streams.errors)
        posix_spawn_file_actions_adddup2(&actions, ::fileno(streams.errors.get()), STDERR_FILENO);
    int const failure =
        ::posix_spawnp(&process, pointers[0], &actions, nullptr, pointers.data(), ::environ);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

}  // namespace

ChildEnd run_child(Child const& child)
{
    Streams const streams{
        .input = file_of(child.input),
        .output = nameless_file(),
        .errors = child.errors == ChildErrors::collected ? nameless_file() : File()};
    pid_t process = 0;
    int const failure = start(child.arguments, streams, process);
    if (failure == ENOENT) return {.found = false};
    if (failure != 0)
        throw InputError("cannot start " + child.arguments[0], std::strerror(failure));
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    ChildEnd end{.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                 .output = content_of(streams.output.get())};
    end.found = end.exit_code != exit_code_of_a_program_not_found;
    if (streams.errors) end.messages = content_of(streams.errors.get());
    return end;
}

}  // namespace lowcal
