#include "program.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lowcal::end_to_end {
namespace {

/// A file without a name, open for reading and writing. Unlike a pipe it takes any length.
int nameless_file()
{
    auto name = (std::filesystem::temp_directory_path() / "lowcal-said-XXXXXX").string();
    int const file = ::mkstemp(name.data());
    if (file < 0) throw std::runtime_error("no temporary file");
    ::unlink(name.c_str());
    return file;
}

std::string content_of(int file)
{
    std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    auto const bytes = ::pread(file, text.data(), text.size(), 0);
    text.resize(bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
    return text;
}

void limit(__rlimit_resource resource, std::size_t value)
{
    if (value == 0) return;
    ::rlimit const both{value, value};
    ::setrlimit(resource, &both);
}

/// In the child: becomes the program. Calls nothing that another thread's lock could hold.
[[noreturn]] void become(char* const* arguments, int output, int errors, Limits limits)
{
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    int pipe[2] = {};
    if (limits.output == Output::full_device) output = ::open("/dev/full", O_WRONLY);
    if (limits.output == Output::broken_pipe && ::pipe(pipe) == 0) {
        ::close(pipe[0]);
        output = pipe[1];
    }
    ::dup2(output, STDOUT_FILENO);
    if (limits.output == Output::closed) ::close(STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    if (limits.file_bytes > 0)
        ::signal(SIGXFSZ, SIG_IGN);  // then a write beyond the limit fails with EFBIG
    limit(RLIMIT_FSIZE, limits.file_bytes);
    limit(RLIMIT_AS, limits.memory_bytes);
    limit(RLIMIT_CPU, limits.cpu_seconds);
    ::execv(arguments[0], arguments);
    ::_exit(127);
}

}  // namespace

Program::Program(Arguments const& arguments, Limits limits)
    : output_(nameless_file()), errors_(nameless_file())
{
    static char program[] = LOWCAL_BIN_DIR "/lowcal";
    static char emulator[] = LOWCAL_EMULATOR;  // empty where the machine runs the program itself
    std::vector<char*> passed;
    if (emulator[0] != '\0') passed.push_back(emulator);
    passed.push_back(program);
    for (auto const& argument : arguments) passed.push_back(const_cast<char*>(argument.c_str()));
    passed.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("no process");
    if (pid_ == 0) become(passed.data(), output_, errors_, limits);
}

Program::~Program()
{
    kill();
    ::close(output_);
    ::close(errors_);
}

bool Program::running()
{
    if (!ended_) ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return !ended_;
}

Outcome Program::wait()
{
    if (!ended_) ::waitpid(pid_, &status_, 0);
    ended_ = true;
    return {.exit_code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -1,
            .output = content_of(output_),
            .errors = content_of(errors_)};
}

Outcome Program::kill()
{
    send(SIGKILL);
    return wait();
}

void Program::send(int signal)
{
    if (running()) ::kill(pid_, signal);
}

Outcome lowcal(Arguments const& arguments, Limits limits)
{
    return Program(arguments, limits).wait();
}

Outcome succeed(Arguments const& arguments)
{
    auto outcome = lowcal(arguments);
    std::string text = "lowcal";
    for (auto const& argument : arguments) text += " " + argument;
    EXPECT_EQ(outcome.exit_code, 0) << text << "\n" << outcome.output << outcome.errors;
    return outcome;
}

}  // namespace lowcal::end_to_end
