#pragma once

#include "data/hdf5/hdf5_data_set.hpp"
#include "data/layouts/stored_showers.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// The data sets of a shower file, whatever its layout: numbers come out in the file's units
/// and the detector's order, not yet checked. Only for .cpp files of this folder. One thread.
class ShowerFile {
public:
    struct Config {
        ExternalStorage external = ExternalStorage::refuse;
        std::optional<Detector> detector{};  ///< of files that do not say theirs
    };
    /// Throws InputError where the file's data sets make none of the layouts.
    ShowerFile(std::filesystem::path const& path, Config const& config);

    std::size_t count() const { return count_; }
    std::filesystem::path const& path() const { return file_.path(); }
    StoredShowers const& showers() const { return *opened_.showers; }
    DetectorSource detector_source() const { return opened_.source; }

    /// Numbers beside cells and energies, a row for each shower.
    struct Column {
        std::string name;
        std::size_t width = 1;                   ///< numbers in a row
        std::optional<FloatDataSet> data_set{};  ///< none: one of the layout's own
        std::size_t own = 0;                     ///< its place among these
    };
    /// Those with a place in ShowerBlock, and behind them, after `find_all_columns`, all others.
    std::vector<Column> const& columns() const { return columns_; }

    /// What cannot be carried to another file, and why not.
    struct NotCarried {
        std::string name;
        std::string reason;
    };
    /// Takes all other data sets of numbers per shower for columns, too, and returns the rest of
    /// what the file holds. Call at most once.
    std::vector<NotCarried> find_all_columns();
    std::map<std::string, std::string> string_attributes(VariableTexts texts) const;
    std::vector<std::uint64_t> dropped_showers() const;

    /// Of showers [first, first + n), which must exist: [n][width]; n is given by the size of
    /// `out`.
    void read_column(Column const& column, std::size_t first, std::span<float> out) const;

private:
    void open_columns();
    std::optional<NotCarried> add_column(std::string const& name);
    bool is_column(std::string const& name) const;

    Hdf5File file_;
    OpenedShowers opened_;
    std::size_t count_ = 0;
    std::vector<Column> columns_;
};

}  // namespace lowcal::data
