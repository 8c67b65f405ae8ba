#include "core/progress.hpp"

#include <algorithm>
#include <cmath>
#include <unistd.h>

namespace lowcal {

std::string format_duration(double seconds)
{
    char text[64];
    auto const whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
    if (seconds < 60.0) {
        std::snprintf(text, sizeof text, "%.1f s", std::max(0.0, seconds));
    } else if (whole < 3600) {
        std::snprintf(text, sizeof text, "%lld min %02lld s", whole / 60, whole % 60);
    } else {
        std::snprintf(text, sizeof text, "%lld h %02lld min", whole / 3600, whole % 3600 / 60);
    }
    return text;
}

Progress::Progress(Config config, std::FILE* stream)
    : config_(std::move(config)),
      stream_(stream),
      terminal_(stream != nullptr && ::isatty(::fileno(stream)) == 1),
      start_(Clock::now()),
      last_(start_)
{
}

void Progress::update(std::size_t done, std::string_view note)
{
    auto const interval = terminal_ ? config_.terminal_interval : config_.plain_interval;
    if (std::chrono::duration<double>(Clock::now() - last_).count() >= interval)
        print(done, note, false);
}

void Progress::finish(std::string_view note)
{
    print(config_.total, note, true);
}

void Progress::print(std::size_t done, std::string_view note, bool last)
{
    if (stream_ == nullptr) return;
    last_ = Clock::now();
    double const elapsed = std::chrono::duration<double>(last_ - start_).count();
    auto const here = done > config_.done_before ? done - config_.done_before : 0;
    std::string time = format_duration(elapsed);
    if (!last) {
        auto const left = config_.total > done ? config_.total - done : 0;
        time =
            here == 0
                ? "starting"
                : format_duration(elapsed * static_cast<double>(left) / static_cast<double>(here)) +
                      " left";
    }
    double const percent =
        config_.total == 0 ? 100.0
                           : 100.0 * static_cast<double>(done) / static_cast<double>(config_.total);
    std::fprintf(stream_, "%s%s %zu/%zu (%.0f %%) %s%s%.*s%s", terminal_ ? "\r\033[K" : "",
                 config_.label.c_str(), done, config_.total, percent, time.c_str(),
                 note.empty() ? "" : ", ", static_cast<int>(note.size()), note.data(),
                 terminal_ && !last ? "" : "\n");
    std::fflush(stream_);
}

}  // namespace lowcal
