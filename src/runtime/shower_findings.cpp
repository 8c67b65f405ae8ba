#include "runtime/shower_findings.hpp"

#include "core/error.hpp"
#include "runtime/cell_check.hpp"

#include <algorithm>
#include <string>

namespace lowcal::runtime {

void ShowerFindings::look_at(std::span<float const> cells, std::uint64_t shower)
{
    auto const found = check_cells(cells);
    if (found.empty) ++empty_;
    if (!found.bad) return;
    std::lock_guard const lock(mutex_);
    bad_.push_back({.shower = shower, .cell = *found.bad, .energy = cells[*found.bad]});
}

GenerateReport ShowerFindings::report()
{
    sort_by_shower(bad_);
    return {.bad_showers = std::move(bad_), .empty_showers = empty_};
}

void sort_by_shower(std::vector<BadCell>& bad)
{
    std::ranges::sort(bad, {}, &BadCell::shower);
}

void refuse(std::vector<BadCell> const& bad, std::size_t count, Detector const& detector)
{
    auto const& first = bad.front();
    auto const place = place_of(detector, first.cell);
    auto const number = [](auto value) { return std::to_string(value); };
    throw InputError(
        "shower " + number(first.shower) + " has a cell of " + number(first.energy) + " GeV at [" +
            number(place[0]) + ", " + number(place[1]) + ", " + number(place[2]) + "]",
        "cells are finite and not negative; " + number(bad.size()) + " of " + number(count) +
            " showers are so",
        first.energy < 0.0F ? "end the network in a ReLU" : "the network's numbers have run away");
}

}  // namespace lowcal::runtime
