#include "validation/judge/worsened.hpp"

#include "core/random.hpp"
#include "validation/compare/bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace lowcal::validation {
namespace {

constexpr float smearing = 0.05F;  // relative
constexpr double hits_kept = 0.8;  // of a shower's deviation from the usual number
constexpr std::size_t faint_part =
    4;                             // hits come and go among this part of a shower's, the faintest
constexpr std::size_t tries = 16;  // to find an empty neighbour, for each hit that is added

double hits_of(std::span<float const> cells)
{
    return static_cast<double>(
        std::ranges::count_if(cells, [](float cell) { return cell > 0.0F; }));
}

std::vector<double> log_hits(data::ShowerBlock const& showers)
{
    std::vector<double> values;
    for (std::size_t i = 0; i < showers.count(); ++i)
        values.push_back(std::log(hits_of(showers.shower(i)) + 1));
    return values;
}

}  // namespace

WorseningName name_of(Worsening worsening)
{
    switch (worsening) {
        case Worsening::smeared:
            return {"smeared", "cells off by 5 %"};
        case Worsening::moved:
            return {"moved", "moved by half a cell"};
        default:
            return {"steadier_hits", "spread of hits a fifth smaller"};
    }
}

Worsener::Worsener(Detector detector, data::ShowerBlock const& reference, std::uint64_t seed)
    : detector_(std::move(detector)),
      beside_(detector_),
      seed_(seed),
      trend_(reference.primary_energy),
      usual_hits_(trend_.fit(log_hits(reference)))
{
}

void Worsener::operator()(Worsening worsening, std::span<float> cells, float energy,
                          std::uint64_t shower)
{
    assert(cells.size() == detector_.cells());
    if (worsening == Worsening::smeared) smear(cells, shower);
    if (worsening == Worsening::moved) move(cells);
    if (worsening == Worsening::steadier_hits) steady_hits(cells, energy, shower);
    for (float& cell : cells)
        if (cell < static_cast<float>(detector_.smallest_cell)) cell = 0.0F;
}

void Worsener::smear(std::span<float> cells, std::uint64_t shower)
{
    scratch_.resize(cells.size());
    ItemRandom({.seed = seed_, .stream = RandomStream::permutation}, shower).normal(scratch_);
    for (std::size_t i = 0; i < cells.size(); ++i)
        cells[i] *= std::max(0.0F, 1.0F + smearing * scratch_[i]);
}

/// Each cell becomes the mean of itself and the one behind it; at the window's edge nothing comes
/// in. On a circle the last cell is behind the first; a ring of one cell stays.
void Worsener::move(std::span<float> cells)
{
    auto const axis = detector_.transverse()[0];
    scratch_.assign(cells.begin(), cells.end());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto const behind = beside_.behind(axis, i);
        bool const stays = behind == physics::CellNeighbours::none && detector_.axes[axis].periodic;
        if (stays) continue;
        float const comes = behind == physics::CellNeighbours::none ? 0.0F : scratch_[behind];
        cells[i] = 0.5F * (scratch_[i] + comes);
    }
}

/// The shower's hits, faintest first.
void Worsener::list_hits(std::span<float const> cells)
{
    hits_.clear();
    for (std::uint32_t i = 0; i < cells.size(); ++i)
        if (cells[i] > 0.0F) hits_.push_back(i);
    std::ranges::stable_sort(hits_, {}, [&](auto cell) { return cells[cell]; });
}

void Worsener::steady_hits(std::span<float> cells, float energy, std::uint64_t shower)
{
    list_hits(cells);
    auto const now = static_cast<double>(hits_.size());
    double const usual = std::exp(trend_.at(usual_hits_, energy)) - 1;
    auto const wanted =
        static_cast<std::size_t>(std::max(0.0, std::round(usual + hits_kept * (now - usual))));
    if (hits_.empty()) return;
    auto const faint = std::max<std::size_t>(1, hits_.size() / faint_part);
    if (wanted > hits_.size()) {
        add_hits(cells, wanted - hits_.size(), faint, shower);
    } else if (auto const fewer = hits_.size() - wanted; fewer > 0) {
        auto const among = std::span(hits_).first(std::max(faint, fewer));
        draw_without_replacement(among, fewer, ItemRandom({seed_, RandomStream::split}, shower));
        for (auto const cell : among.first(fewer)) cells[cell] = 0.0F;
    }
}

/// New hits have the energy of a faint one and lie beside a hit.
void Worsener::add_hits(std::span<float> cells, std::size_t count, std::size_t faint,
                        std::uint64_t shower)
{
    std::vector<std::uint32_t> bits(4 * tries * count);
    ItemRandom({seed_, RandomStream::split}, shower).bits(bits);
    auto const below = [](std::uint32_t number, std::size_t limit) {
        return static_cast<std::size_t>((std::uint64_t{number} * limit) >> 32);
    };
    for (std::size_t i = 0, added = 0; i + 4 <= bits.size() && added < count; i += 4) {
        std::size_t const cell = hits_[below(bits[i], hits_.size())];
        auto const axis = below(bits[i + 1], 3);
        auto const neighbour =
            bits[i + 2] % 2 == 0 ? beside_.ahead(axis, cell) : beside_.behind(axis, cell);
        if (neighbour == physics::CellNeighbours::none) continue;
        if (cells[neighbour] > 0.0F) continue;
        cells[neighbour] = cells[hits_[below(bits[i + 3], faint)]];
        ++added;
    }
}

}  // namespace lowcal::validation
