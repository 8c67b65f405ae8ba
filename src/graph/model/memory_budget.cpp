#include "graph/model/memory_budget.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

namespace lowcal::graph {

void MemoryBudget::take(std::int64_t bytes, std::string const& what)
{
    if (bytes > largest_) {
        largest_ = bytes;
        name_ = what;
    }
    if (bytes >= 0 && bytes <= largest_network_memory - taken_) {
        taken_ += bytes;
        return;
    }
    constexpr double gibibyte = 1 << 30;
    throw InputError(
        "cannot use the network",
        fmt::format("{} takes over {} GiB; the largest part, {}, has {:.3g} GiB", purpose_,
                    largest_network_memory >> 30, name_, static_cast<double>(largest_) / gibibyte));
}

}  // namespace lowcal::graph
