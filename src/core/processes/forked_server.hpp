#pragma once

#include "core/files/file_descriptor.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace lowcal {

/// A forked server ended in the midst of its work; what() says how: "signal 11,
/// Segmentation fault".
class ServerDeath : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A copy of this process that does what could crash, hang or run wild, and nothing else.
///
/// It shares one piece of memory with us, in which results of any size go without a copy through a
/// pipe. All else of ours that it changes is its own copy; it closes all our files, says nothing,
/// writes no file, and ends with this object or with our process. What it can take is limited: in
/// memory, beyond what we had when it was made, and in CPU time for each request. Make it while no
/// other thread uses a library that it needs. Calls by one thread at a time.
class ForkedServer {
public:
    struct Config {
        std::size_t shared_bytes = 0;
        std::size_t memory_bytes = 0;  ///< address space it may add to what we have
        unsigned cpu_seconds_to_start = 0;
        unsigned cpu_seconds_a_request = 0;
    };
    /// Answers a request; may write results into `shared`. Runs in the copy.
    using Handler =
        std::function<std::string(std::string_view request, std::span<std::byte> shared)>;

    /// `start` makes the handler, in the copy. Throws InputError where there is no process or
    /// memory to be had, and as `call`.
    ForkedServer(Config const& config, std::function<Handler()> const& start);
    ~ForkedServer();
    ForkedServer(ForkedServer const&) = delete;
    ForkedServer& operator=(ForkedServer const&) = delete;

    /// The handler's answer. Throws InputError where the handler or `start` threw one, ServerDeath
    /// where the server is dead: once for all.
    std::string call(std::string_view request);
    /// What the handler left there last.
    std::span<std::byte const> shared() const { return shared_; }

private:
    std::string receive();
    void end() noexcept;
    [[noreturn]] void report_death();

    std::span<std::byte> shared_;
    FileDescriptor socket_;
    pid_t process_ = -1;
    std::string death_;  ///< how it ended; empty while it lives
};

}  // namespace lowcal
