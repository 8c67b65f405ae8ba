#pragma once

#include "core/detector/detector.hpp"
#include "data/layouts/layout.hpp"
#include "data/showers.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lowcal::data {

/// Writes showers to an HDF5 file that is complete or absent.
///
/// The file grows under a temporary name beside its own and gets its name in `close`, flushed to
/// disk. A writer that is destroyed before leaves nothing behind. Equal showers, annotations and
/// library versions make files of equal bytes, however the showers are cut into blocks. One thread
/// per writer; HDF5 itself may be used by one thread at a time, unless it was built for more.
class ShowerWriter {
public:
    struct Config {
        Layout layout = Layout::clic;
        /// gzip level, 0 (none) to 9; 1 is made for showers: it takes a quarter of level 2's time
        /// and makes smaller files
        int compression = 1;
        Units units{};  ///< of the blocks' cells and primary energies
        std::map<std::string, std::string> provenance = {};  ///< string attributes of the file:
                                                             ///< model_sha256, seed, ...
    };

    /// `detector`: of the showers; the file carries it as an attribute. Throws InputError where the
    /// file cannot be made.
    ShowerWriter(std::filesystem::path const& path, Detector const& detector, Config config);
    ~ShowerWriter();
    ShowerWriter(ShowerWriter&&) noexcept;
    ShowerWriter& operator=(ShowerWriter&&) noexcept;

    /// Appends showers; what is known of the first block's showers must be known of all: each
    /// column is there for a whole file or not at all. The CLIC layout keeps PDG codes in `target`,
    /// 0 where none are known.
    /// Throws InputError where sizes do not fit the detector or the number of showers, where a
    /// block knows more or less than the first, and where they cannot be written, for example
    /// because the disk is full: the writer is then of no further use.
    void append(ShowerBlock const& block);
    /// Notes showers of the production that are not in the file because they were bad, by index.
    void drop(std::vector<std::uint64_t> const& indices);
    /// Adds to the provenance, or replaces what is there.
    void annotate(std::string const& name, std::string const& value);
    /// Showers appended so far.
    std::size_t count() const;
    /// Completes the file and gives it its name. Throws InputError, also where no shower was
    /// appended.
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lowcal::data
