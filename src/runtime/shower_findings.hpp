#pragma once

#include "runtime/shower_generator.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace lowcal::runtime {

/// What the threads of one call find in their showers.
class ShowerFindings {
public:
    void look_at(std::span<float const> cells, std::uint64_t shower);
    /// Once all threads are done.
    GenerateReport report();

private:
    std::mutex mutex_;
    std::vector<BadCell> bad_;
    std::atomic<std::uint64_t> empty_{0};
};

/// Sorts by number of shower.
void sort_by_shower(std::vector<BadCell>& bad);

/// Throws InputError, which names the first of the bad showers among `count`.
[[noreturn]] void refuse(std::vector<BadCell> const& bad, std::size_t count,
                         Detector const& detector);

}  // namespace lowcal::runtime
