#pragma once

#include "core/listener.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace lowcal {

/// Shows how far long work is and how much time is left.
///
/// On a terminal one line is rewritten in place; elsewhere (a log file, a batch job) a plain line
/// appears every `Config::plain_interval` seconds; where there is no stream, nothing. The stream
/// must outlive the object. One thread.
class Progress {
public:
    struct Config {
        std::string label;               ///< what is being done, for example "generate"
        std::size_t total = 0;           ///< units of work in all, including those done before
        std::size_t done_before = 0;     ///< units that an earlier run finished
        double terminal_interval = 0.2;  ///< s between updates on a terminal
        double plain_interval = 10.0;    ///< s between lines elsewhere
    };
    explicit Progress(Config config, std::FILE* stream = progress_stream());

    /// Reports `done` finished units; `note` is shown behind the time left.
    void update(std::size_t done, std::string_view note = {});
    /// Prints the final state and ends the line.
    void finish(std::string_view note = {});

private:
    using Clock = std::chrono::steady_clock;
    void print(std::size_t done, std::string_view note, bool last);

    Config config_;
    std::FILE* stream_;
    bool terminal_;
    Clock::time_point start_;
    Clock::time_point last_;
};

/// "3.2 s", "4 min 10 s" or "2 h 05 min".
std::string format_duration(double seconds);

}  // namespace lowcal
