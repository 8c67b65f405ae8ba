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
    if (bytes >= 0 && bytes <= most_ - taken_) {
        taken_ += bytes;
        return;
    }
    constexpr double gibibyte = 1 << 30;
    throw InputError("cannot use the network",
                     fmt::format("{} takes over {:.3g} GiB; the largest part, {}, has {:.3g} GiB",
                                 purpose_, static_cast<double>(most_) / gibibyte, name_,
                                 static_cast<double>(largest_) / gibibyte));
}

}  // namespace lowcal::graph
