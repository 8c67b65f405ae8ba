#pragma once

#include "core/detector/known_detectors.hpp"
#include "core/files/temporary_folder.hpp"
#include "core/random.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/showers.hpp"
#include "physics/energy_bins.hpp"
#include "physics/shower_table.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace lowcal::validation {

using namespace physics;

/// Of the CLIC detector, whose showers these are.
inline constexpr std::size_t window_cells = 25UL * 25 * 25;

/// The place of an observable of the CLIC detector.
inline std::size_t observable(std::string const& key)
{
    static ObservableSet const set(clic_detector());
    return set.find(key);
}

struct KnownCell {
    std::size_t x;
    std::size_t y;
    std::size_t z;
    float energy;  ///< GeV
};

inline std::size_t cell_index(KnownCell const& cell)
{
    return (cell.x * 25 + cell.y) * 25 + cell.z;
}

/// Appends one shower, empty but for some cells.
inline void append_shower(data::ShowerBlock& block, float primary_energy,
                          std::vector<KnownCell> const& cells)
{
    auto const first = block.cells.size();
    block.cells.resize(first + window_cells, 0.0F);
    for (auto const& cell : cells) block.cells[first + cell_index(cell)] += cell.energy;
    block.primary_energy.push_back(primary_energy);
}

inline ShowerTable observed(data::ShowerBlock const& block)
{
    ShowerTable sample(clic_detector());
    sample.add(block);
    return sample;
}

/// Showers at 100 GeV with one cell in use, whose energy is normal: mean 2 GeV, deviation 0.1.
inline data::ShowerBlock normal_showers(std::size_t count, std::uint64_t seed)
{
    std::vector<float> deviations(count);
    ItemRandom({.seed = seed, .stream = RandomStream::energy}, 0).normal(deviations);
    data::ShowerBlock block;
    for (float const deviation : deviations)
        append_shower(block, 100.0F, {{12, 12, 8, 2.0F + 0.1F * deviation}});
    return block;
}

inline std::filesystem::path real_showers_file()
{
    return std::filesystem::path(LOWCAL_SOURCE_DIR) / "data" / "validation.h5";
}

/// The repository's thousand Geant4 showers, read once.
inline data::ShowerBlock const& real_showers()
{
    static auto const block = data::read_all_showers(real_showers_file());
    return block;
}

/// Showers [first, first + count) of a block.
inline data::ShowerBlock part_of(data::ShowerBlock const& block, std::size_t first,
                                 std::size_t count)
{
    data::ShowerBlock part;
    auto const cells = std::span(block.cells).subspan(first * window_cells, count * window_cells);
    auto const energies = std::span(block.primary_energy).subspan(first, count);
    part.cells.assign(cells.begin(), cells.end());
    part.primary_energy.assign(energies.begin(), energies.end());
    return part;
}

/// A folder of the test's own, removed with everything in it.
class TemporaryFolder {
public:
    std::filesystem::path const& path() const { return folder_.path(); }

private:
    lowcal::TemporaryFolder folder_{"test"};
};

/// Whether the program gnuplot is in the path.
inline bool gnuplot_is_there()
{
    return std::system("gnuplot --version >/dev/null 2>&1") == 0;
}

}  // namespace lowcal::validation
