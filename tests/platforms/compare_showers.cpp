// How far the showers of two files are apart, one shower beside the other: what two platforms,
// given the same network, seed and energies, make of it (tests/platforms/compare.sh).
//
//     compare_showers NAME FIRST.h5 SECOND.h5
//
// Prints one row of a table; exits with 3 where a bit differs.

#include "core/error.hpp"
#include "data/reading/shower_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

namespace {

using namespace lowcal;

struct Difference {
    std::size_t showers = 0;    ///< that differ in a bit
    std::size_t cells = 0;      ///< that differ in a bit
    double cell = 0.0;          ///< the largest of a cell, GeV
    double of_hottest = 0.0;    ///< the largest of a cell / the hottest cell of its shower
    double total_energy = 0.0;  ///< the largest of a shower's total energy, relative
};

void add_shower(Difference& difference, std::span<float const> first, std::span<float const> second)
{
    double sum = 0.0, change = 0.0, largest = 0.0;
    std::size_t cells = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        auto const apart = static_cast<double>(second[i]) - static_cast<double>(first[i]);
        if (std::bit_cast<std::uint32_t>(first[i]) != std::bit_cast<std::uint32_t>(second[i]))
            ++cells;
        largest = std::max(largest, std::abs(apart));
        sum += static_cast<double>(first[i]);
        change += apart;
    }
    double const hottest = *std::max_element(first.begin(), first.end());
    difference.showers += cells > 0 ? 1 : 0;
    difference.cells += cells;
    difference.cell = std::max(difference.cell, largest);
    if (hottest > 0.0) difference.of_hottest = std::max(difference.of_hottest, largest / hottest);
    if (sum > 0.0)
        difference.total_energy = std::max(difference.total_energy, std::abs(change) / sum);
}

Difference compare(data::ShowerBlock const& first, data::ShowerBlock const& second)
{
    if (first.count() != second.count() || first.primary_energy != second.primary_energy)
        throw InputError("the files do not hold showers of the same primary energies",
                         "make both with the same count, energies and seed");
    Difference difference;
    for (std::size_t i = 0; i < first.count(); ++i)
        add_shower(difference, first.shower(i), second.shower(i));
    return difference;
}

}  // namespace

int main(int count, char** words)
{
    if (count != 4) {
        fmt::print(stderr, "usage: compare_showers NAME FIRST.h5 SECOND.h5\n");
        return 2;
    }
    try {
        auto const first = data::read_all_showers(words[2]);
        auto const difference = compare(first, data::read_all_showers(words[3]));
        fmt::print("| {} | {} of {} | {} of {} | {:.2g} | {:.2g} | {:.2g} |\n", words[1],
                   difference.showers, first.count(), difference.cells, first.cells.size(),
                   difference.cell, difference.of_hottest, difference.total_energy);
        return difference.cells > 0 ? 3 : 0;
    } catch (std::exception const& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
