#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace lowcal::end_to_end {

using Arguments = std::vector<std::string>;

/// How a program ended and what it said.
struct Outcome {
    int exit_code = 0;   ///< -1 where a signal ended it
    std::string output;  ///< standard output
    std::string errors;  ///< standard error
};

/// Where standard output goes.
enum class Output { collected, full_device, closed, broken_pipe };

struct Limits {
    std::size_t file_bytes = 0;    ///< no file may grow beyond it, as on a full disk; 0: no limit
    std::size_t memory_bytes = 0;  ///< of address space; 0: no limit
    std::size_t cpu_seconds = 0;   ///< the program is killed beyond it; 0: no limit
    Output output = Output::collected;
};

/// The program `lowcal` in a process of its own, started with these arguments. Killed with the
/// object where it still runs.
class Program {
public:
    explicit Program(Arguments const& arguments, Limits limits = {});
    ~Program();
    Program(Program const&) = delete;
    Program& operator=(Program const&) = delete;

    Outcome wait();
    /// As a power cut does: SIGKILL cannot be caught. Also waits.
    Outcome kill();
    bool running();
    /// Nothing where it has ended.
    void send(int signal);

private:
    pid_t pid_ = -1;
    int output_ = -1;
    int errors_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

/// Runs `lowcal` to its end.
Outcome lowcal(Arguments const& arguments, Limits limits = {});

/// Runs it and expects that it succeeds; what it says otherwise is the test's message.
Outcome succeed(Arguments const& arguments);

}  // namespace lowcal::end_to_end
