// Blocks that are divided together.

#include "runtime/division/batch_division.hpp"
#include "runtime/kernels/division_kernel.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

using graph::followed_odds;

/// Added to the energy of a hit, in units, so that its logarithm is finite.
constexpr float least_hit = 1e-3F;
/// Where the features that need logarithms stand among a block's own.
constexpr std::size_t hit_energy_at = 2;
constexpr std::size_t distances_at = 8;

std::size_t own_features_at(int pass)
{
    auto const known = pass == 1 ? 2 * graph::child_window : 0;
    return block_features(pass) - static_cast<std::size_t>(graph::own_features + known);
}

void take(std::vector<float> const& x, std::size_t count, float unit, float offset,
          std::vector<float>& result)
{
    scaled_logarithm_kernels.fastest()(
        {.count = count, .x = x.data(), .unit = unit, .offset = offset, .result = result.data()});
}

}  // namespace

void BatchDivision::complete_features(int pass, std::size_t count)
{
    auto const& arguments = rows_.arguments;
    auto& logarithms = rows_.logarithms;
    take(arguments[0], count, config_.unit, least_hit, logarithms[0]);
    take(arguments[1], count, 1, graph::nearest, logarithms[1]);
    take(arguments[2], count, 1, graph::nearest, logarithms[2]);
    auto const width = block_features(pass);
    auto* own = rows_.features.data() + own_features_at(pass);
    for (std::size_t row = 0; row < count; ++row, own += width) {
        own[hit_energy_at] = logarithms[0][row];
        own[distances_at] = 0.5F * logarithms[1][row];
        own[distances_at + 1] = 0.5F * logarithms[2][row];
    }
}

void BatchDivision::divide_rows(std::size_t s, std::int64_t layer, int pass, std::size_t first,
                                std::size_t count)
{
    auto const& division = network_.stages[s].passes[static_cast<std::size_t>(pass)];
    auto const trunk = static_cast<std::size_t>(config_.trunk);
    auto const columns = config_.tree.stages[s].parents.columns;
    for (std::size_t row = 0; row < count; ++row) {
        auto const& block = divided_[first + row];
        gather_row(s, layer, pass, block, row);
        auto const* const shared = shared_.data() + static_cast<std::size_t>(block.shower) * trunk;
        auto const* const place =
            division.places.data() +
            static_cast<std::size_t>(block.row * columns + block.column) * trunk;
        std::transform(shared, shared + trunk, place, rows_.start.data() + row * trunk,
                       std::plus<>());
    }
    complete_features(pass, count);
    division.of_blocks(count, rows_.features.data(), rows_.first.data(), true,
                       {.start = rows_.start.data()});
    division.second(count, rows_.first.data(), rows_.trunk.data(), true);
    division.hits(count, rows_.trunk.data(), rows_.numbers.data(), false);
    hit_draw_kernels.fastest()({.count = count,
                                .numbers = rows_.numbers.data(),
                                .odds = rows_.hit_odds.data(),
                                .uniform = rows_.uniform.data(),
                                .hits = rows_.hits.data(),
                                .cells_of_first = rows_.cells_of_first.data(),
                                .cells_of_second = rows_.cells_of_second.data(),
                                .result = rows_.drawn.data()});
    rows_.both.clear();
    for (std::size_t row = 0; row < count; ++row) {
        float const hits = rows_.drawn[row];
        first_hits_[first + row] = hits;
        first_energy_[first + row] = hits == 0 ? 0 : rows_.energy[row];
        if (hits > 0 && hits < rows_.hits[row]) rows_.both.push_back(row);
    }
    if (!rows_.both.empty()) divide_energies(division, first);
}

void BatchDivision::divide_energies(PackedDivision const& division, std::size_t first)
{
    auto const trunk = static_cast<std::size_t>(config_.trunk);
    auto const count = rows_.both.size();
    for (std::size_t i = 0; i < count; ++i) {
        auto const row = rows_.both[i];
        std::copy_n(rows_.trunk.data() + row * trunk, trunk, rows_.both_trunk.data() + i * trunk);
        std::copy_n(rows_.energy_odds.data() + row * followed_odds, followed_odds,
                    rows_.both_odds.data() + i * followed_odds);
        std::copy_n(rows_.energy_uniform.data() + row * 2, 2, rows_.both_uniform.data() + i * 2);
        rows_.both_energy[i] = rows_.energy[row];
        rows_.both_first[i] = rows_.drawn[row];
        rows_.both_second[i] = rows_.hits[row] - rows_.drawn[row];
        rows_.arguments[2][i] = (rows_.both_first[i] + 0.5F) / (rows_.both_second[i] + 0.5F);
    }
    take(rows_.both_first, count, 1, 1, rows_.logarithms[0]);
    take(rows_.both_second, count, 1, 1, rows_.logarithms[1]);
    take(rows_.arguments[2], count, 1, 0, rows_.logarithms[2]);
    auto* to = rows_.division.data();
    for (std::size_t i = 0; i < count; ++i) {
        for (auto const& logarithms : rows_.logarithms) *to++ = logarithms[i];
        *to++ = rows_.both_first[i] == 1 ? 1.0F : 0.0F;
        *to++ = rows_.both_second[i] == 1 ? 1.0F : 0.0F;
        *to++ = rows_.both_first[i] == rows_.both_second[i] ? 1.0F : 0.0F;
    }
    division.of_hits(count, rows_.division.data(), rows_.start.data(), false);
    division.inner(count, rows_.both_trunk.data(), rows_.inner.data(), true,
                   {.start = rows_.start.data()});
    division.energy(count, rows_.inner.data(), rows_.numbers.data(), false);
    energy_draw_kernels.fastest()({.count = count,
                                   .numbers = rows_.numbers.data(),
                                   .odds = rows_.both_odds.data(),
                                   .uniform = rows_.both_uniform.data(),
                                   .energy = rows_.both_energy.data(),
                                   .first = rows_.both_first.data(),
                                   .second = rows_.both_second.data(),
                                   .anchors = network_.anchors.data(),
                                   .least = config_.least,
                                   .result = rows_.drawn.data()});
    for (std::size_t i = 0; i < count; ++i) first_energy_[first + rows_.both[i]] = rows_.drawn[i];
}

void BatchDivision::put_children(std::size_t s, std::int64_t layer)
{
    auto const& stage = config_.tree.stages[s];
    auto const begin = children_.size();
    for (std::size_t i = 0; i < divided_.size(); ++i) {
        auto const& block = divided_[i];
        Block child{.shower = block.shower,
                    .row = static_cast<std::int32_t>(stage.child_row(block.row)),
                    .column = static_cast<std::int32_t>(stage.child_column(block.column)),
                    .energy = first_energy_[i],
                    .hits = first_hits_[i]};
        if (child.hits > 0) children_.push_back(child);
        (stage.by_rows() ? child.row : child.column) += 1;
        child.energy = block.energy - first_energy_[i];
        child.hits = block.hits - first_hits_[i];
        if (child.hits > 0) children_.push_back(child);
    }
    auto const count = children_.size() - begin;
    for (std::size_t i = 0; i < count; ++i) arguments_[i] = children_[begin + i].energy;
    take(arguments_, count, config_.unit, 1, logarithms_);
    for (std::size_t i = 0; i < count; ++i) arguments_[i] = children_[begin + i].hits;
    take(arguments_, count, 1, 1, log_hits_);
    for (std::size_t i = 0; i < count; ++i)
        levels_[s + 1].put(children_[begin + i], layer, logarithms_[i], log_hits_[i]);
}

/// The cells of a layer, which are in `parents_` now.
void BatchDivision::finish(std::int64_t layer)
{
    auto const& tree = config_.tree;
    auto const cells = static_cast<std::size_t>(tree.cells.count());
    auto const columns = tree.cells.columns + tree.lead.columns;
    std::ranges::fill(sums_, LayerSums{});
    for (auto const& block : parents_) {
        auto const shower = static_cast<std::size_t>(block.shower);
        auto const at =
            (block.row - tree.lead.rows) * tree.cells.columns + block.column - tree.lead.columns;
        batch_.cells[(shower * static_cast<std::size_t>(config_.layers) +
                      static_cast<std::size_t>(layer)) *
                         cells +
                     static_cast<std::size_t>(at)] = block.energy;
        if (block.energy == 0) continue;
        auto const* const centre =
            network_.centres.data() + 2 * (block.row * columns + block.column);
        std::array<float, 2> distance{};
        for (std::size_t i = 0; i < 2; ++i) distance[i] = centre[i] - batch_.entry[2 * shower + i];
        float const square = distance[0] * distance[0] + distance[1] * distance[1];
        auto& sums = sums_[shower];
        ++sums.hits;
        sums.energy += block.energy;
        sums.squares += block.energy * block.energy;
        sums.by_energy += block.energy * square;
        sums.by_hits += square;
        for (std::size_t i = 0; i < 2; ++i) sums.centre[i] += block.energy * distance[i];
    }
    remember(layer);
}

void BatchDivision::remember(std::int64_t layer)
{
    // Of all showers one logarithm after the other; of empty layers those of 1, which weigh 0.
    std::array<std::vector<float>*, 5> const results{&shape_logarithms_[0], &shape_logarithms_[1],
                                                     &shape_logarithms_[2], &shape_logarithms_[3],
                                                     &shape_logarithms_[4]};
    auto const each = [&](std::size_t which, float unit, float offset, auto const& argument) {
        for (std::size_t i = 0; i < showers_; ++i)
            arguments_[i] = sums_[i].energy > 0 ? argument(sums_[i]) : 1.0F;
        take(arguments_, showers_, unit, offset, *results[which]);
    };
    each(0, 1, 1, [](LayerSums const& sums) { return sums.hits; });
    each(1, 1, graph::nearest, [](LayerSums const& sums) { return sums.by_energy / sums.energy; });
    each(2, 1, graph::nearest, [](LayerSums const& sums) { return sums.by_hits / sums.hits; });
    each(3, 1, 0, [](LayerSums const& sums) { return sums.squares / (sums.energy * sums.energy); });
    each(4, config_.unit, 1, [](LayerSums const& sums) { return sums.energy; });
    for (std::size_t shower = 0; shower < showers_; ++shower) {
        auto const& sums = sums_[shower];
        bool const any = sums.energy > 0;
        float const weight = any ? shape_logarithms_[4][shower] : 0.0F;
        std::array<float, graph::shape_numbers> shapes{};
        if (any) {
            shapes = {shape_logarithms_[0][shower],        0.5F * shape_logarithms_[1][shower],
                      0.5F * shape_logarithms_[2][shower], shape_logarithms_[3][shower],
                      sums.centre[0] / sums.energy,        sums.centre[1] / sums.energy};
            auto const expected = usual(shower, layer);
            for (std::size_t i = 0; i < expected.size(); ++i) shapes[i] -= expected[i];
            for (float& shape : shapes) shape *= graph::shape_scale;
        }
        for (std::size_t d = 0; d < graph::memory_decays.size(); ++d) {
            auto& memory = memory_[shower][d];
            for (std::size_t i = 0; i < shapes.size(); ++i)
                memory.shapes[i] = graph::memory_decays[d] * memory.shapes[i] + weight * shapes[i];
            memory.weight = graph::memory_decays[d] * memory.weight + weight;
        }
    }
}

}  // namespace lowcal::runtime
