#pragma once

#include "core/detector/known_detectors.hpp"
#include "core/random.hpp"
#include "data/showers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace lowcal::validation {

// Real showers made worse on purpose, as a fast simulation might get them wrong.

inline void scale_cells(data::ShowerBlock& block, float factor)
{
    for (float& cell : block.cells) cell *= factor;
}

inline void silence_layer(data::ShowerBlock& block, std::size_t layer)
{
    for (auto i = layer; i < block.cells.size(); i += clic_detector().layers())
        block.cells[i] = 0.0F;
}

/// Every cell times its own lognormal number of mean one.
inline void smear_cells(data::ShowerBlock& block, float width, std::uint64_t seed)
{
    auto const cells = block.cells_per_shower();
    std::vector<float> normal(cells);
    for (std::size_t shower = 0; shower < block.count(); ++shower) {
        ItemRandom({.seed = seed, .stream = RandomStream::energy}, shower).normal(normal);
        for (std::size_t i = 0; i < cells; ++i)
            block.cells[shower * cells + i] *= std::exp(width * normal[i] - 0.5F * width * width);
    }
}

/// Adds `energy` GeV to a share of the cells.
inline void add_noise(data::ShowerBlock& block, float share, float energy, std::uint64_t seed)
{
    auto const cells = block.cells_per_shower();
    std::vector<float> number(cells);
    for (std::size_t shower = 0; shower < block.count(); ++shower) {
        ItemRandom({.seed = seed, .stream = RandomStream::energy}, shower).uniform(number);
        for (std::size_t i = 0; i < cells; ++i)
            if (number[i] < share) block.cells[shower * cells + i] += energy;
    }
}

/// Moves every `period`th shower by one cell in x.
inline void shift_in_x(data::ShowerBlock& block, std::size_t period)
{
    auto const cells = block.cells_per_shower();
    auto const plane = static_cast<std::ptrdiff_t>(clic_detector().stride(0));
    for (std::size_t shower = 0; shower < block.count(); shower += period) {
        auto const first = block.cells.begin() + static_cast<std::ptrdiff_t>(shower * cells);
        auto const last = first + static_cast<std::ptrdiff_t>(cells);
        std::move_backward(first, last - plane, last);
        std::fill(first, first + plane, 0.0F);
    }
}

/// Puts copies of the showers before in the place of the last quarter.
inline void duplicate_a_quarter(data::ShowerBlock& block)
{
    auto const cells = block.cells_per_shower();
    auto const copies = block.count() / 4;
    auto const first = block.count() - copies;
    std::copy_n(block.primary_energy.begin(), copies,
                block.primary_energy.begin() + static_cast<std::ptrdiff_t>(first));
    std::copy_n(block.cells.begin(), copies * cells,
                block.cells.begin() + static_cast<std::ptrdiff_t>(first * cells));
}

/// Deals the primary energies out anew among groups of showers of neighbouring energy.
inline void shuffle_energies(data::ShowerBlock& block, std::size_t group, std::uint64_t seed)
{
    std::vector<std::uint32_t> order(block.count());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](auto i) { return block.primary_energy[i]; });
    auto const old = block.primary_energy;
    std::vector<std::uint32_t> bits(group);
    for (std::size_t first = 0; first + group <= order.size(); first += group) {
        ItemRandom({.seed = seed, .stream = RandomStream::split}, first).bits(bits);
        std::vector<std::size_t> place(group);
        std::iota(place.begin(), place.end(), first);
        for (std::size_t i = 0; i + 1 < group; ++i)
            std::swap(place[i], place[i + bits[i] % (group - i)]);
        for (std::size_t i = 0; i < group; ++i)
            block.primary_energy[order[first + i]] = old[order[place[i]]];
    }
}

inline void remove_hits_below(data::ShowerBlock& block, float threshold)
{
    for (float& cell : block.cells)
        if (cell < threshold) cell = 0.0F;
}

}  // namespace lowcal::validation
