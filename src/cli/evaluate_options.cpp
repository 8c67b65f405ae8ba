#include "cli/evaluate_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace lowcal::cli {

int EvaluateOptions::thread_count() const
{
    if (threads > 0) return threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::string EvaluateOptions::command() const
{
    auto text = "lowcal evaluate --reference " + reference.string();
    for (auto const& candidate : candidates) text += " --candidate " + candidate;
    return text + (halves ? " --halves" : "") + fmt::format(" --seed {}", seed);
}

}  // namespace lowcal::cli
