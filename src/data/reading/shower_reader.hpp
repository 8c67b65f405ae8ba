#pragma once

#include "core/detector/conditions.hpp"
#include "core/detector/detector.hpp"
#include "data/layouts/layout.hpp"
#include "data/reading/cell_check.hpp"
#include "data/reading/read_report.hpp"
#include "data/shower_columns.hpp"
#include "data/showers.hpp"
#include "data/storage/external_storage.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::data {

/// What to do with a shower that has a NaN or infinite cell, or a negative one where that is an
/// error.
enum class BadShowers {
    error,  ///< throw an InputError that names it
    skip,   ///< drop and count it
};

/// Reads the showers of an HDF5 file in blocks, so that the file may be larger than memory.
///
/// The layout is recognised by the names and shapes of the data sets. Memory is allocated for what
/// a call asks for and the file holds, never for what a header claims; data/hdf5/read_limits.hpp
/// has the bounds. The file is read by a process of its own, forked by the constructor, since HDF5
/// does not survive every damaged file: make a reader while no other thread uses HDF5. One thread
/// per reader.
class ShowerReader {
public:
    struct Config {
        BadShowers bad_showers = BadShowers::error;  ///< for NaN, infinite and negative cells
        NegativeCells negative_cells = NegativeCells::error;
        QuietCells quiet_cells = QuietCells::zeroed;  ///< under detector().smallest_cell
        Columns columns = Columns::describing;
        ExternalStorage external = ExternalStorage::refuse;  ///< of numbers in other files
        /// Of files that do not say theirs, and whose shapes are none that are known.
        std::optional<Detector> detector{};
        /// A file of this layout is read in the layout's own unit, so that it can be written again
        /// without rounding; others, and all if there is none, in GeV.
        std::optional<Layout> unit_of{};
    };

    /// Throws InputError where the file is missing, not HDF5, damaged, of another layout, empty,
    /// of no known detector or another than it says, stored with filters that are not available,
    /// beyond the bounds, or in other files than `external` lets in.
    explicit ShowerReader(std::filesystem::path const& path) : ShowerReader(path, Config{}) {}
    ShowerReader(std::filesystem::path const& path, Config config);
    ~ShowerReader();
    ShowerReader(ShowerReader&&) noexcept;
    ShowerReader& operator=(ShowerReader&&) noexcept;

    std::filesystem::path const& path() const;
    Layout layout() const;
    /// The file's own, else the given one, else what its shape is known for, in this case without
    /// its range of energies where the file has others. Parts that only serve reports may be
    /// missing: data/derived_detector.hpp makes them.
    Detector const& detector() const;
    std::size_t count() const;  ///< showers in the file, bad ones included
    /// Of the cells and primary energies in blocks: GeV, if Config::unit_of does not say otherwise.
    Units units() const;

    /// Showers [first, first + count), cut at the end of the file; with BadShowers::skip the block
    /// may hold fewer. Throws InputError for a bad shower, a primary energy that is not above zero,
    /// and data that cannot be read.
    ShowerBlock read(std::size_t first, std::size_t count);
    /// Primary energies of all showers, bad ones included, GeV. Throws InputError as above.
    std::vector<float> read_primary_energies() const;
    /// Whether the file says a condition of its showers.
    bool knows(ConditionInfo const& condition) const;
    /// A condition of all showers, bad ones included, [count][width]. Throws InputError where the
    /// file does not say it.
    std::vector<float> read_condition(ConditionInfo const& condition) const;
    /// What all calls of `read` met so far.
    ReadReport const& report() const;
    /// "theta [1]": the columns that blocks get, with their widths, sorted.
    std::vector<std::string> columns() const;
    /// With Columns::all: throws InputError where the file holds something that no block carries,
    /// and that is not among the names `droppable`.
    void require_all_carried(std::vector<std::string> const& droppable) const;
    /// Indices of the production's showers that are not in the file because they were bad.
    std::vector<std::uint64_t> dropped_showers() const;
    /// The file's string attributes: provenance. Without Columns::all, texts of variable length
    /// only of the names in data/writing/provenance.hpp.
    std::map<std::string, std::string> attributes() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// All showers of a file that fits into memory. Throws InputError as ShowerReader does.
ShowerBlock read_all_showers(std::filesystem::path const& path, ShowerReader::Config config = {});

/// Showers in one step of a stream: 16 MB.
std::size_t showers_per_block(Detector const& detector);

}  // namespace lowcal::data
